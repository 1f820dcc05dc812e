using AgentMesh.Agents.Budgets;
using AgentMesh.Contracts.Tenants;
using AgentMesh.Primitives;

namespace AgentMesh.ActorHost.TenantBudgets;

/// <summary>Reserving for what a run does.</summary>
internal static class TenantReserving
{
    /// <summary>How often what passes is asked again.</summary>
    internal const int MaxAttempts = 20;

    /// <summary>Between two times.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Sets aside what is wanted, or what there is when that is enough. What passes is waited for.</summary>
    /// <param name="gate">Of the process.</param>
    /// <param name="time">Tells the pauses.</param>
    /// <param name="tenant">Whose money.</param>
    /// <param name="asset">Of what.</param>
    /// <param name="wanted">The most that it may cost, in atomic units.</param>
    /// <param name="least">The least that it is worth doing for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<TenantShare> ReserveAsync(
        this TenantGate gate, TimeProvider time, TenantId tenant, string asset, UInt128 wanted, UInt128 least, CancellationToken cancellationToken)
    {
        var amount = wanted;
        Refusal? shortage = null;
        for (var attempt = 1; ; attempt++)
        {
            var reserved = await gate.ReserveAsync(tenant, asset, amount, cancellationToken);
            if (!reserved.IsRefused)
                return new TenantShare(reserved.Value, amount, shortage);
            var left = (reserved.Refusal as BudgetRefusal)?.Shortage.Available ?? 0;
            var isLess = left < amount && left >= least;
            if (attempt == MaxAttempts || !isLess && reserved.Refusal.Code is not (SpendingRefusals.TenantUnknown or SpendingRefusals.TooManyLeases))
                return new TenantShare(TenantReservation.None, 0, reserved.Refusal);
            if (isLess)
                (amount, shortage) = (left, reserved.Refusal);
            else
                await WaitAsync(time, cancellationToken);
        }
    }

    /// <summary>Waits until what passes may have passed.</summary>
    public static Task WaitAsync(TimeProvider time, CancellationToken cancellationToken) => Task.Delay(Pause, time, cancellationToken);
}

/// <summary>What a tenant has for something.</summary>
/// <param name="Reservation">What was set aside.</param>
/// <param name="Amount">For how much, in atomic units; 0: for nothing.</param>
/// <param name="Shortage">Why it is not all that was wanted; null: it is.</param>
internal sealed record TenantShare(TenantReservation Reservation, UInt128 Amount, Refusal? Shortage);
