#include "races/worker.h"

#include <thread>
#include <utility>

namespace emulation {

Worker::Worker() : last_(new Link) { std::thread(run, last_).detach(); }

Worker::~Worker() { give(nullptr); }

void Worker::give(std::function<void()> work) {
  Link* const link = new Link;
  link->work = std::move(work);
  Link* const before = std::exchange(last_, link);
  const Signal has_next = before->has_next;  // the thread deletes `before` once it is raised
  before->next = link;
  has_next.raise();
}

void Worker::run(Link* done) {
  for (;;) {
    done->has_next.wait();
    Link* const link = done->next;
    delete std::exchange(done, link);
    if (!link->work) break;
    link->work();
    link->work = nullptr;
  }
  delete done;
}

}  // namespace emulation
