// They wait for leases, reminders and starts more than they compute, so one more at a time than there are cores.
[assembly: CollectionBehavior(MaxParallelThreads = 3)]
