using AgentMesh.Primitives;

namespace AgentMesh.ServiceDefaults.Outgoing;

/// <summary>Why a call is not made, or has no answer that can be used. In the order in which it is looked for.</summary>
public static class OutgoingRefusals
{
    /// <summary>What is asked for may not be called.</summary>
    public const string UrlNotAllowed = "url_not_allowed";

    /// <summary>The host has no address, or no connection was made.</summary>
    public const string UrlUnreachable = "url_unreachable";

    /// <summary>The whole time was over before the answer was there.</summary>
    public const string UrlTimedOut = "url_timed_out";

    /// <summary>The answer is too long, or none of HTTP.</summary>
    public const string UrlAnswerUnusable = "url_answer_unusable";

    /// <summary>Of a host that is written as an address, or a name that has one.</summary>
    public static Refusal NotPublic { get; } = NotAllowed("The host has an address that is not on the public internet, and that the configuration does not allow.");

    public static Refusal NotAllowed(string detail) => new(UrlNotAllowed, detail);
}
