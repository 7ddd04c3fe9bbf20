#pragma once

#include <set>

namespace cl_torch::node {

class SessionObject;

// The sessions of one environment whose training threads still run; the environment's instance data. process.exit()
// runs no environment cleanup hook on the main thread, and a thread that outlives LibTorch's statics crashes: so the
// addon listens to the process's 'exit' event, which comes before the C++ side of the end, and ends them there.
class LiveSessions {
 public:
  void add(SessionObject* session) { sessions_.insert(session); }
  void remove(SessionObject* session) { sessions_.erase(session); }
  void end_all();

 private:
  std::set<SessionObject*> sessions_;
};

}  // namespace cl_torch::node
