using AgentMesh.Primitives;

namespace AgentMesh.ActorHost.Outgoing;

/// <summary>Why a call is not made, or has no answer that can be used. In the order in which it is looked for.</summary>
internal static class OutgoingRefusals
{
    /// <summary>What is asked for may not be called.</summary>
    internal const string UrlNotAllowed = "url_not_allowed";

    /// <summary>The host has no address, or no connection was made.</summary>
    internal const string UrlUnreachable = "url_unreachable";

    /// <summary>The whole time was over before the answer was there.</summary>
    internal const string UrlTimedOut = "url_timed_out";

    /// <summary>The answer is too long, or none of HTTP.</summary>
    internal const string UrlAnswerUnusable = "url_answer_unusable";

    internal static Refusal NotAllowed(string detail) => new(UrlNotAllowed, detail);
}
