// Each has a world and a clock of its own, and waits for answers more than it computes.
[assembly: CollectionBehavior(MaxParallelThreads = 6)]
