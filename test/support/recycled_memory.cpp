// Takes blocks from a RecycledMemory and gives them back, as its arguments say, and prints what became of each, as
// JSON:
//
//   recycled-memory take 100 keep 0 give-back ...
//
// `take N`: a block of N bytes; `keep I`: the block of the I-th take is no longer used; `give-back`. A take prints
// which block it has, counted in the order in which they were made; a line at the end says which blocks were freed, in
// order. test/native/recycled-memory.test.ts compiles it without LibTorch.
#include "system/recycled_memory.h"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

std::vector<void*> made;
std::vector<size_t> freed;

size_t number_of(const void* block) {
  for (size_t i = 0; i < made.size(); ++i) {
    if (made[i] == block) return i;
  }
  std::abort();
}

void note_free(void* block) { freed.push_back(number_of(block)); }

void print(const char* name, const std::vector<size_t>& numbers) {
  std::printf("\"%s\": [", name);
  for (size_t i = 0; i < numbers.size(); ++i) std::printf(i > 0 ? ", %zu" : "%zu", numbers[i]);
  std::printf("]");
}

}  // namespace

int main(int count, char** words) {
  struct Taken {
    void* block;
    size_t bytes;
  };
  std::vector<Taken> taken;
  std::vector<size_t> which;
  {
    cl_torch::RecycledMemory memory(&note_free);
    for (int i = 1; i < count; ++i) {
      const std::string word = words[i];
      if (word == "give-back") {
        memory.give_back();
        continue;
      }
      const size_t number = std::stoul(words[++i]);
      if (word == "keep") {
        memory.keep(taken[number].block, taken[number].bytes);
        continue;
      }
      void* block = memory.take(number);
      if (block == nullptr) {
        block = std::malloc(1);  // only its address counts
        made.push_back(block);
      }
      taken.push_back({block, number});
      which.push_back(number_of(block));
    }
    std::printf("{");
    print("taken", which);
    std::printf(", ");
    print("freed", freed);
  }
  std::printf(", ");
  print("freedAtTheEnd", freed);
  std::printf("}\n");
}
