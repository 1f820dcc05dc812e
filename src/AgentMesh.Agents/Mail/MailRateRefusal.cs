using AgentMesh.Agents.Limits;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Mail;

/// <summary>More messages than an agent sends, and when it sends the next.</summary>
/// <param name="Code">The code.</param>
/// <param name="Detail">One sentence that is safe to show to the caller.</param>
/// <param name="Rate">What is left.</param>
public sealed record MailRateRefusal(string Code, string Detail, RateState Rate) : Refusal(Code, Detail);
