namespace AgentMesh.Payments.Sweeping;

/// <summary>A payment that has something to do.</summary>
/// <param name="Id">The payment id.</param>
/// <param name="At">When to look after it, if nothing else has.</param>
internal sealed record OpenPayment(string Id, DateTimeOffset At);
