using System.Text.Json;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Payments;
using AgentMesh.Primitives;
using Dapr.Actors.Runtime;
using DaprActorHost = Dapr.Actors.Runtime.ActorHost;

namespace AgentMesh.Payments.Settlement;

/// <summary>
/// One payment: loads, asks <see cref="Payment"/>, sets state last, replies. Nothing of its state stays in memory between two calls: there are a
/// handful of them, and another activation may have written. It calls nobody; what there is to do is a run's.
/// </summary>
[Actor(TypeName = PaymentActorType.Name)]
internal sealed partial class PaymentActor(DaprActorHost host, PaymentServices services) : Actor(host), IPaymentActor, IRemindable
{
    private const string PaymentKey = "payment";
    private const string AnswerKey = "answer";

    /// <summary>Ticks every few seconds while anything is left to do.</summary>
    private const string WorkReminder = "work";

    private bool _hasWorkReminder;

    /// <summary>The index of open payments was told of this one, by this activation.</summary>
    private bool _isNoted;

    public Task<Reply<PaymentInfo>> Receive(PaymentOrder request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        var now = Now();
        var before = await LoadAsync(cancellationToken);
        var taken = Payment.Take(before, request, now);
        if (taken.IsRefused)
            return Refused<PaymentInfo>(taken.Refusal);
        // Somebody asks: what no reminder looks after any more is looked after again.
        var after = await CommitAsync(before, taken.Value.LookAgain(services.Rules).Begin(services.Rules, now), null, cancellationToken);
        return await ToInfoAsync(after, cancellationToken);
    });

    public Task<Reply<PaymentInfo>> GetStatus(CancellationToken cancellationToken) => TurnAsync(async () =>
        await LoadAsync(cancellationToken) is { } payment ? await ToInfoAsync(payment, cancellationToken) : Refused<PaymentInfo>(SettlementRefusals.NotFound));

    public Task<Reply<PaymentWork>> GetWork(PaymentRunId request, CancellationToken cancellationToken) => TurnAsync(async () =>
        await LoadAsync(cancellationToken) is { } payment && payment.Attempt == request.Attempt
            ? ToWork(payment)
            : Refused<PaymentWork>(SettlementRefusals.Lost));

    public Task<Reply<PaymentWork>> Report(PaymentReport request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        var before = await LoadAsync(cancellationToken);
        var stepped = before?.Apply(request, services.Rules, Now()) ?? SettlementRefusals.Lost;
        if (stepped.IsRefused)
            return Refused<PaymentWork>(stepped.Refusal);
        var answer = stepped.Value.HasAnswer && !before!.HasAnswer ? new PaymentAnswer(request.Answer!) : null;
        return ToWork(await CommitAsync(before, stepped.Value, answer, cancellationToken));
    });

    // A look that its caller does not wait for any more goes on, as a reminder's does.
    public Task<Reply<PaymentOutlook>> LookAfter(CancellationToken cancellationToken)
    {
        // Nothing else has looked in time, so what this activation believes of its reminder is not believed.
        _hasWorkReminder = false;
        return LookAtDueAsync();
    }

    /// <summary>Looks at what is due. Safe at any time and as often as a reminder comes.</summary>
    public async Task ReceiveReminderAsync(string reminderName, byte[] state, TimeSpan dueTime, TimeSpan period)
    {
        services.Metrics.Actors.ReminderFired(WorkReminder);
        _hasWorkReminder = true;
        var reply = await LookAtDueAsync();
        // A payment whose record cannot be read is not woken for ever either.
        if (reply.Refusal is not null)
            await ForgetReminderAsync();
    }

    /// <inheritdoc/>
    protected override Task OnActivateAsync()
    {
        services.Metrics.Actors.Activated();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override Task OnDeactivateAsync()
    {
        services.Metrics.Actors.Deactivated();
        return Task.CompletedTask;
    }

    private static Reply<T> Refused<T>(Refusal refusal)
        where T : class => new(null, refusal);

    private Task<Reply<PaymentOutlook>> LookAtDueAsync() => TurnAsync(async () =>
    {
        if (await LoadAsync(CancellationToken.None) is not { } before)
            return Refused<PaymentOutlook>(SettlementRefusals.NotFound);
        var after = await CommitAsync(before, before.Begin(services.Rules, Now()), null, CancellationToken.None);
        return new Reply<PaymentOutlook>(new PaymentOutlook(after.NextWork(services.Rules, Now())), null);
    });

    private Reply<PaymentWork> ToWork(Payment payment) => new(
        new PaymentWork(
            payment.ToInfo(null), payment.Seller, payment.Terms, payment.Job, payment.HasAnswer, payment.Unannounced is [var first, ..] ? first : null,
            payment.IsUnrecorded, payment.IsLookDue(Now())),
        null);

    /// <summary>The answer is the payer's when the money has moved, and not before.</summary>
    private async Task<Reply<PaymentInfo>> ToInfoAsync(Payment payment, CancellationToken cancellationToken)
    {
        var answer = payment.Status == PaymentStatus.Settled
            ? (await StateManager.TryGetStateAsync<PaymentAnswer>(AnswerKey, cancellationToken)).Value?.Text
                ?? throw new JsonException("A settled payment has no answer.")
            : null;
        return new Reply<PaymentInfo>(payment.ToInfo(answer), null);
    }

    // Whole milliseconds, as they are stored: a record in memory equals the one that is read again.
    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(services.Time.GetUtcNow().ToUnixTimeMilliseconds());

    private async Task<Payment?> LoadAsync(CancellationToken cancellationToken)
    {
        await StateManager.ClearCacheAsync(cancellationToken);
        return (await StateManager.TryGetStateAsync<Payment>(PaymentKey, cancellationToken)).Value;
    }

    /// <summary>Stores what is different; then, and not before, runs begin and others hear of it.</summary>
    private async Task<Payment> CommitAsync(Payment? before, Payment after, PaymentAnswer? answer, CancellationToken cancellationToken)
    {
        var hasWork = after.HasWork(services.Rules);
        // Before the commit: work that nobody would look after must not exist. And once in every activation: reminders can get lost, and another
        // activation may have ended one.
        if (hasWork && !_hasWorkReminder)
            await RemindAsync();
        if (before != after)
        {
            // The payment last: Redis does not roll back, and a payment with an answer that is not there would be damaged.
            if (answer is not null)
                await StateManager.SetStateAsync(AnswerKey, answer, cancellationToken);
            await StateManager.SetStateAsync(PaymentKey, after, cancellationToken);
            await StateManager.SaveWholeAsync(cancellationToken);
            if (after.Status != before?.Status)
                services.Metrics.Came(after);
            if (after.Attempt != before?.Attempt && after.LeaseUntil is not null)
                services.Runner.Start(after.Id, after.Attempt);
            if (after.IsOver || after.Status == PaymentStatus.Unknown)
                services.Watch.Changed(after.Id);
        }

        if (!hasWork && _hasWorkReminder)
            await ForgetReminderAsync();
        NoteOpen(after.Id, hasWork);
        return after;
    }

    /// <summary>After the commit: the second net under the reminder. A payment that is over soon is not in it at all.</summary>
    private void NoteOpen(string paymentId, bool isOpen)
    {
        if (isOpen && !_isNoted)
            services.Notes.Note(paymentId);
        else if (!isOpen && _isNoted)
            services.Notes.Withdraw(paymentId);
        _isNoted = isOpen;
    }

    private async Task RemindAsync()
    {
        var interval = TimeSpan.FromSeconds(services.Options.WorkIntervalSeconds);
        await RegisterReminderAsync(WorkReminder, null, interval, interval);
        _hasWorkReminder = true;
    }

    private async Task ForgetReminderAsync()
    {
        await UnregisterReminderAsync(WorkReminder);
        _hasWorkReminder = false;
    }

    /// <summary>A damaged record is answered, not thrown: nothing is wrong with this turn, and a retry would not help.</summary>
    private async Task<Reply<T>> TurnAsync<T>(Func<Task<Reply<T>>> turn)
        where T : class
    {
        try
        {
            return await turn();
        }
        catch (JsonException damage)
        {
            await StateManager.ClearCacheAsync();
            LogUnreadable(Logger, Id.GetId(), damage.Path);
            return Refused<T>(SettlementRefusals.Quarantined);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "Payment {PaymentId} is quarantined: a stored record cannot be read at {JsonPath}")]
    private static partial void LogUnreadable(ILogger logger, string paymentId, string? jsonPath);
}
