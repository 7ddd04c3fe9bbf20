#pragma once

#include <vector>

#include "cases.h"

namespace emulation {

// Epochs of more than the eight steps that the pipeline launches at a time, the last of fewer examples.
inline const std::vector<Case> kEngineCases = {
    {"a short last batch", {49, 12, 10}, 1000, 96},
    {"the penalty of one sphere", {49, 40, 10}, 680, 64, "global"},
    {"the penalty of a sphere a tensor", {49, 40, 10}, 680, 64, "per-tensor"},
    {"rehearsal", {49, 20, 10}, 680, 64, "none", 13},
    {"both", {49, 20, 10}, 680, 64, "global", 64},
    {"an odd batch size and odd widths", {49, 51, 17, 29, 10}, 620, 31},
    {"no hidden layer", {49, 10}, 680, 64},
    {"an output too wide for one kernel", {49, 20, 35}, 680, 64},
    {"one example at a time", {49, 20, 10}, 60, 1, "global"},
    {"no fused bias and ReLU", {49, 20, 20, 10}, 680, 64, "none", 0, Precision::kFp32, false},
    {"a fused bias and ReLU that is an error", {49, 20, 20, 10}, 680, 64, "none", 0, Precision::kFp32, false},
    {"inputs that are numbers", {49, 20, 10}, 680, 64, "none", 13, Precision::kFp32, true, true},
    showing("picks", {"a view with rows, zeros and labels of its own", {49, 20, 10}, 1000, 64, "none", 13}),
    showing("values", {"bytes that tables say the values of", {49, 20, 10}, 680, 64, "none", 13}),
    showing("classes", {"classes of the task", {49, 20, 10}, 1000, 64}),
    showing("classes", {"classes of the task, and others of the memory", {49, 20, 10}, 1000, 64, "global", 13}),
    showing("classes", {"classes of the task, of a wide output", {49, 20, 35}, 1000, 64, "none", 13}),
    showing("classes", {"classes of the task, no hidden layer", {49, 10}, 1000, 64, "none", 13}),
    {"adam", {49, 20, 10}, 680, 64, "none", 0, Precision::kFp32, true, false, kAdam},
    {"adam with the penalty", {49, 20, 10}, 680, 64, "per-tensor", 0, Precision::kFp32, true, false, kAdam},
    {"sgd", {49, 20, 10}, 680, 64, "none", 5, Precision::kFp32, true, false, kSgd},
    {"sgd with the penalty", {49, 20, 10}, 680, 64, "global", 0, Precision::kFp32, true, false, kSgd},
    {"momentum", {49, 20, 10}, 680, 64, "none", 0, Precision::kFp32, true, false, kMomentum},
    {"Nesterov's momentum with the penalty",
     {49, 20, 10},
     680,
     64,
     "global",
     0,
     Precision::kFp32,
     true,
     false,
     kNesterov},
    having("point", {"a penalty on leaving a point", {49, 20, 10}, 680, 64}),
    having("point importances", {"penalties on leaving points, and a direction", {49, 20, 10}, 680, 64, "per-tensor"}),
    having("weighted direction", {"a penalty on leaving a direction by importance", {49, 40, 10}, 680, 64}),
    having("mask", {"a mask", {49, 20, 10}, 680, 64, "none", 0, Precision::kFp32, true, false, kNesterov}),
    having("mask hidden point", {"hidden parameters", {49, 20, 20, 10}, 680, 64, "global"}),
    having("path", {"a path of the loss", {49, 20, 10}, 680, 64, "global"}),
    having("total path point mask", {"a path of all, and a mask", {49, 20, 10}, 680, 64, "none", 5}),
    having("path score importances", {"a path that is judged", {49, 20, 10}, 680, 64, "global", 13}),
    having("targets", {"squared targets", {49, 20, 10}, 680, 64, "global", 13}),
    having("targets soft", {"soft targets", {49, 20, 10}, 680, 64}),
    showing("classes", having("targets soft ranges, path",
                              {"soft targets of ranges, classes and a path", {49, 20, 35}, 1000, 64, "none", 13})),
    having("targets soft ranges", {"targets, no hidden layer", {49, 10}, 1000, 96}),
    having("mask hidden path point",
           {"bf16, a mask, a path and a point", {49, 20, 10}, 1000, 64, "global", 0, Precision::kBf16}),
    {"bf16", {49, 40, 40, 10}, 1000, 64, "global", 0, Precision::kBf16},
    {"bf16, no fused bias and ReLU", {49, 20, 10}, 1000, 64, "none", 5, Precision::kBf16, false},
};

}  // namespace emulation
