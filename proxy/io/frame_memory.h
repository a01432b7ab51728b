#pragma once

#include <cstddef>

namespace truerelay::io {

// Memory for the frames of coroutines.
//
// Every message begins and ends some twenty of them, of the same sizes again and again, most of
// them larger than what the C library hands out fast. What ended frames leave is kept, a few of
// each size and each thread's for itself, and the last one left, which the processor has in its
// cache, is the first one taken. Under AddressSanitizer, which is to see what touches a frame after
// its end, nothing is kept. No frame may outlive the thread that ends it.

// As operator new, which also says when there is no memory.
[[nodiscard]] void* take_frame_memory(std::size_t size);
// `size` is what it was taken for.
void give_back_frame_memory(void* frame, std::size_t size) noexcept;

}  // namespace truerelay::io
