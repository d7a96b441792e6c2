// Each test starts processes that keep a core busy while they start, and waits for most of its time after that.
[assembly: CollectionBehavior(MaxParallelThreads = 4)]
