using AgentMesh.Payments.Sweeping;
using AgentMesh.X402.Exact.Evm.ResourceServer;

namespace AgentMesh.Payments.Settlement;

/// <summary>What all payments of the process share.</summary>
internal sealed class PaymentServices(TimeProvider time, PaymentOptions options, PaymentRunner runner, PaymentWatch watch, OpenPaymentNotes notes, PaymentMetrics metrics)
{
    public TimeProvider Time => time;

    public PaymentMetrics Metrics => metrics;

    public PaymentOptions Options => options;

    public PaymentRules Rules { get; } = options.Rules;

    public PaymentRunner Runner => runner;

    public PaymentWatch Watch => watch;

    public OpenPaymentNotes Notes => notes;
}
