using System.Net;
using AgentMesh.Cli.Terminal;
using AgentMesh.Primitives;
using AgentMesh.X402.Exact.Evm.Client;
using AgentMesh.X402.Wire;

namespace AgentMesh.Cli.Buying;

/// <summary>What an answer means. Pure.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Answer">The last answer.</param>
/// <param name="Refusal">Why it did not end well; null when it did.</param>
internal sealed record PayVerdict(PayOutcome Outcome, PayAnswer Answer, Refusal? Refusal)
{
    private const string NotReached = "not_reached";

    /// <summary>Facilitators' clocks and ours differ: so long after its end an authorization counts as one that nobody executes any more.</summary>
    private static readonly TimeSpan ClockSlack = TimeSpan.FromSeconds(60);

    /// <summary>The payment that was sent; null: none.</summary>
    public SignedPayment? Payment => Answer.Payment;

    /// <summary>What the token says: the payment was executed, or was not; null: nobody asked it, or it did not say.</summary>
    public bool? IsExecuted { get; init; }

    /// <summary>What the process returns.</summary>
    public int ExitCode => Outcome switch
    {
        PayOutcome.Paid or PayOutcome.Free => ExitCodes.Done,
        PayOutcome.Refused => ExitCodes.Refused,
        PayOutcome.Unknown => ExitCodes.Unknown,
        _ => ExitCodes.Failed,
    };

    /// <summary>Judges the last answer.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="terms">The terms that came with it, or before it.</param>
    public static PayVerdict Of(PayAnswer answer, IReadOnlyList<PaymentRequired> terms) => answer switch
    {
        { IsServed: true } => new(answer.Payment is null ? PayOutcome.Free : PayOutcome.Paid, answer, null),
        { Payment: not null, IsOpen: true } => new(PayOutcome.Unknown, answer, RefusalOf(answer, terms)),
        { Payment: null, Status: null } => new(PayOutcome.Failed, answer, RefusalOf(answer, terms)),
        { Payment: null, Status: >= HttpStatusCode.InternalServerError } => new(PayOutcome.Failed, answer, RefusalOf(answer, terms)),
        _ => new(PayOutcome.Refused, answer, answer.Cost?.Refusal ?? RefusalOf(answer, terms)),
    };

    /// <summary>
    /// Whether the stored payment has done its work: what it is for was answered, or it was refused, nobody can execute it any more, and the token says
    /// that nobody did. Until then another one for the same request might be paid too.
    /// </summary>
    public bool IsOver(DateTimeOffset now) =>
        Outcome == PayOutcome.Paid || Outcome == PayOutcome.Refused && Payment is not null && IsExecuted == false && IsExpired(now);

    /// <summary>Whether nobody can execute the payment any more.</summary>
    public bool IsExpired(DateTimeOffset now) => Payment is { } payment && payment.ValidBefore < now - ClockSlack;

    private static Refusal RefusalOf(PayAnswer answer, IReadOnlyList<PaymentRequired> terms)
    {
        if (answer.Status is not { } status)
            return new Refusal(NotReached, answer.Payment is null ? "Nobody answers at this address." : "The answer to the payment did not come.");
        if (status == HttpStatusCode.PaymentRequired && (answer.Settlement?.ErrorReason ?? terms.Select(one => one.Reason).FirstOrDefault(reason => reason is not null)) is { } reason)
            return new Refusal(reason, answer.Settlement?.ErrorMessage ?? "The seller wants to be paid, and does not take this payment.");
        if (Problem.CodeOf(answer.Body) is { } code)
            return new Refusal(code, Problem.DetailOf(answer.Body) ?? "");
        var detail = answer.Location is { } location ? $"It leads to {location}, which is not followed: a payment is for one address." : $"The server says {(int)status} {answer.Reason}.";
        return new Refusal($"http_{(int)status}", detail);
    }
}
