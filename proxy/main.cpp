#include "cli/commands.h"

// The map: which command was typed, and the file that carries it out. Each stands in cli/ under its
// own name; `run` is the service.
int main(int argc, char** argv) { return truerelay::cli::dispatch(argc, argv); }
