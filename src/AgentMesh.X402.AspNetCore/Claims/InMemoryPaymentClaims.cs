namespace AgentMesh.X402.AspNetCore.Claims;

/// <summary>
/// Claims of one process, until it ends. Bounded in number and in bytes of answers: for want of space the oldest answers are forgotten, then claims of
/// payments that were not charged, and when that is not enough nothing more is taken.
/// </summary>
/// <param name="maxClaims">Payments that are remembered.</param>
/// <param name="maxAnswerBytes">Bytes of all their answers' bodies.</param>
/// <param name="time">Tells what may be forgotten.</param>
internal sealed class InMemoryPaymentClaims(int maxClaims, long maxAnswerBytes, TimeProvider time) : IPaymentClaims
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly SortedSet<(DateTimeOffset KeepUntil, string PaymentId)> _byAge = [];
    private readonly LinkedList<string> _answered = new();
    private readonly LinkedList<string> _failed = new();
    private long _answerBytes;

    public Task<PaymentClaim?> FindAsync(string paymentId, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            ForgetOld();
            return Task.FromResult(_entries.GetValueOrDefault(paymentId)?.Claim);
        }
    }

    public Task<ClaimTaking> TakeAsync(PaymentClaim claim, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            ForgetOld();
            if (_entries.TryGetValue(claim.PaymentId, out var known))
                return Task.FromResult(new ClaimTaking(ClaimOutcome.Known, known.Claim));
            if (_entries.Count >= maxClaims)
            {
                if (_failed.First is not { } failed)
                    return Task.FromResult(ClaimTaking.Full);
                Forget(failed.Value);
            }

            Put(claim);
            return Task.FromResult(ClaimTaking.Taken);
        }
    }

    public Task StoreAsync(PaymentClaim claim, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            Forget(claim.PaymentId);
            Put(claim);
            while (_answerBytes > maxAnswerBytes)
                ForgetAnswer(_answered.First!.Value);
        }

        return Task.CompletedTask;
    }

    private void Put(PaymentClaim claim)
    {
        _entries[claim.PaymentId] = new Entry(
            claim,
            claim.Answer is null ? null : _answered.AddLast(claim.PaymentId),
            claim.Status == PaymentClaimStatus.Failed ? _failed.AddLast(claim.PaymentId) : null);
        _byAge.Add((claim.KeepUntil, claim.PaymentId));
        _answerBytes += claim.Answer?.Body.Length ?? 0;
    }

    private void ForgetOld()
    {
        var now = time.GetUtcNow();
        while (_byAge.Count > 0 && _byAge.Min.KeepUntil <= now)
            Forget(_byAge.Min.PaymentId);
    }

    private void Forget(string paymentId)
    {
        if (!_entries.Remove(paymentId, out var entry))
            return;
        _byAge.Remove((entry.Claim.KeepUntil, paymentId));
        _answerBytes -= entry.Claim.Answer?.Body.Length ?? 0;
        if (entry.Answered is { } answered)
            _answered.Remove(answered);
        if (entry.Failed is { } failed)
            _failed.Remove(failed);
    }

    private void ForgetAnswer(string paymentId)
    {
        var claim = _entries[paymentId].Claim;
        Forget(paymentId);
        Put(claim with { Answer = null });
    }

    private sealed record Entry(PaymentClaim Claim, LinkedListNode<string>? Answered, LinkedListNode<string>? Failed);
}
