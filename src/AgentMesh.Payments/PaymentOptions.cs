using System.ComponentModel.DataAnnotations;
using AgentMesh.Payments.Settlement;

namespace AgentMesh.Payments;

/// <summary>Section <c>AgentMesh:Payments</c>.</summary>
internal sealed class PaymentOptions
{
    internal const string Section = "AgentMesh:Payments";

    /// <summary>
    /// The facilitator, as <c>https://host/path</c>; called without Dapr and without its tokens. Default: none, then the app (or the HTTPEndpoint)
    /// <see cref="FacilitatorApp"/> is invoked through the sidecar.
    /// </summary>
    public Uri? FacilitatorUrl { get; set; }

    /// <summary>The app id, or the HTTPEndpoint, of the facilitator. Default <c>facilitator</c>.</summary>
    [Required, RegularExpression("[a-z0-9-]{1,64}")]
    public string FacilitatorApp { get; set; } = "facilitator";

    /// <summary>
    /// The facilitator is documented to answer an identical order to settle with what became of the first, whenever it comes. Default false. Then,
    /// and only then, an unknown payment's order is sent again by its reconciliation.
    /// </summary>
    public bool SettleIsIdempotent { get; set; }

    /// <summary>A node of the chain, for unknown payments and for balances. Default: none; providers put keys into it.</summary>
    public Uri? RpcUrl { get; set; }

    /// <summary>
    /// In its place an app that has a node at its path <c>rpc</c>, called through the sidecar: the facilitator of one machine. Default: none. Nothing
    /// beside <see cref="RpcUrl"/>, and nothing beside <see cref="FacilitatorUrl"/>, of whose settlements a simulated chain knows nothing.
    /// </summary>
    [RegularExpression("[a-z0-9-]{1,64}")]
    public string? RpcApp { get; set; }

    /// <summary>The Dapr state component of the claims, the identifiers and the index of open payments. Default <c>statestore</c>.</summary>
    [Required]
    public string StateStore { get; set; } = "statestore";

    /// <summary>Seconds for one question whether a payment is good; it is asked three times. Default 5.</summary>
    [Range(1, 60)]
    public int VerifyTimeoutSeconds { get; set; } = 5;

    /// <summary>Seconds for the order to settle, after which the outcome is unknown. Default 90, the official client's.</summary>
    [Range(1, 300)]
    public int SettleTimeoutSeconds { get; set; } = 90;

    /// <summary>Seconds for the seller's answer, if the payment is valid that long. Default 300, a turn's own deadline.</summary>
    [Range(1, 3600)]
    public int ExecuteTimeoutSeconds { get; set; } = 300;

    /// <summary>Seconds that have to be left of a payment's validity when the seller has answered. Default 10; facilitators want 6.</summary>
    [Range(6, 300)]
    public int SettleReserveSeconds { get; set; } = 10;

    /// <summary>Seconds from now that a payment may be valid at most: an authorization that is never settled keeps its payment open until then. Default 3600.</summary>
    [Range(60, 31_622_400)]
    public int MaxValiditySeconds { get; set; } = 3600;

    /// <summary>Seconds that a run is trusted to live without a word. Default 15.</summary>
    [Range(1, 300)]
    public int LeaseSeconds { get; set; } = 15;

    /// <summary>Seconds between two looks of the reminder at what is due. Default 10.</summary>
    [Range(1, 300)]
    public int WorkIntervalSeconds { get; set; } = 10;

    /// <summary>Runs of one payment, those of dead processes included, until it becomes unknown. Default 10.</summary>
    [Range(1, 1000)]
    public int MaxAttempts { get; set; } = 10;

    /// <summary>Seconds until an unknown payment is first looked for; doubled with each look, up to 600. Default 5.</summary>
    [Range(1, 600)]
    public int LookIntervalSeconds { get; set; } = 5;

    /// <summary>Looks for an unknown payment, after which it waits for an operator. Default 300, about two days.</summary>
    [Range(1, 100_000)]
    public int MaxLooks { get; set; } = 300;

    /// <summary>Hours for which a payer's identifier names what it paid for. Default 24, as an Idempotency-Key; longer while its payment is not over.</summary>
    [Range(1, 720)]
    public int IdentifierHours { get; set; } = 24;

    /// <summary>Payments that one process works on at a time; more of them wait. Default 256.</summary>
    [Range(1, 10_000)]
    public int Concurrency { get; set; } = 256;

    /// <summary>Seconds that a purchase waits for its outcome. Default 30.</summary>
    [Range(0, 300)]
    public int WaitSeconds { get; set; } = 30;

    /// <summary>Seconds after which a payment leaves memory. Default 600.</summary>
    [Range(1, 86_400)]
    public int IdleTimeoutSeconds { get; set; } = 600;

    internal PaymentRules Rules => new(TimeSpan.FromSeconds(LeaseSeconds), MaxAttempts, TimeSpan.FromSeconds(LookIntervalSeconds), MaxLooks);
}
