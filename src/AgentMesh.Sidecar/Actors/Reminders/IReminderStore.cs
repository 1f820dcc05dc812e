namespace AgentMesh.Sidecar.Actors.Reminders;

/// <summary>Reminders on disk, with an index by type and due time. Writes complete when they are durable. Safe for concurrent use.</summary>
/// <remarks>Failures are <see cref="State.StateStoreException"/>.</remarks>
internal interface IReminderStore
{
    /// <summary>Counting has to read an index, which must not take long.</summary>
    const int MaxCounted = 100_000;

    Task<Reminder?> GetAsync(ActorRef actor, string name, CancellationToken cancellationToken);

    /// <summary>Writes a registration. False: <paramref name="overwrite"/> is off and the name is taken.</summary>
    Task<bool> SaveAsync(Reminder reminder, bool overwrite, CancellationToken cancellationToken);

    /// <summary>Deletes, whatever the revision; also when there is none.</summary>
    Task DeleteAsync(ActorRef actor, string name, CancellationToken cancellationToken);

    /// <summary>
    /// Notes progress. Does nothing when the reminder was registered again or deleted since: then false.
    /// </summary>
    /// <param name="reminder">As it was before the tick.</param>
    /// <param name="next">As it is now; null: it is over.</param>
    /// <param name="cancellationToken">Withdraws.</param>
    Task<bool> AdvanceAsync(Reminder reminder, Reminder? next, CancellationToken cancellationToken);

    /// <summary>The reminders of a type due up to a time, the earliest first, as many as the limits allow after the first <paramref name="skip"/>.</summary>
    Task<IReadOnlyList<Reminder>> LoadPageAsync(string type, DateTimeOffset until, int skip, int limit, CancellationToken cancellationToken);

    /// <summary>How many there are of a type; the embedded store counts up to <see cref="MaxCounted"/>.</summary>
    Task<long> CountAsync(string type, CancellationToken cancellationToken);

    /// <summary>
    /// Takes or prolongs the right to fire a type's reminders. False: another sidecar has it. Counted from before the call.
    /// </summary>
    Task<bool> HoldLeaseAsync(string type, TimeSpan duration, CancellationToken cancellationToken);

    /// <summary>
    /// Where several sidecars share the store: what the sidecar that gives the tick its turn needs to ask <see cref="MayFireAsync"/>.
    /// </summary>
    string GuardOf(Reminder reminder) => "";

    /// <summary>
    /// Whether the tick is still to be fired: the registration is the same, and its sidecar still has the right. Asked within the actor's
    /// turn, so that an actor that has unregistered in an earlier turn hears nothing more.
    /// </summary>
    ValueTask<bool> MayFireAsync(ActorRef actor, string name, string guard, CancellationToken cancellationToken) => ValueTask.FromResult(true);

    /// <summary>Calls back with what another sidecar on the store has registered or deleted, as far as it is told.</summary>
    Task WatchAsync(Action<ActorRef, string> changed) => Task.CompletedTask;

    /// <summary>Gives the right up early, if it is held.</summary>
    Task ReleaseLeaseAsync(string type, CancellationToken cancellationToken);
}
