using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Mcp.Tasks;

/// <summary>A task on the wire: what a call is answered that has become one, and what <c>tasks/get</c> says of it.</summary>
internal sealed class TaskResult : Result
{
    /// <summary>Its id.</summary>
    public required string TaskId { get; init; }

    /// <summary>One of <see cref="TaskStatuses"/>.</summary>
    public required string Status { get; init; }

    /// <summary>Why, for people and models; null: nothing is to be said.</summary>
    public string? StatusMessage { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When what it says last changed, as far as known.</summary>
    public required DateTimeOffset LastUpdatedAt { get; init; }

    /// <summary>Milliseconds from its making for which it is found.</summary>
    public required long TtlMs { get; init; }

    /// <summary>Milliseconds after which to look again.</summary>
    public required long PollIntervalMs { get; init; }

    /// <summary>What the call would have been answered; null: it is not over.</summary>
    public JsonElement? Result { get; init; }

    /// <summary>What it asks, by the keys that it is answered by; null: nothing.</summary>
    public JsonObject? InputRequests { get; init; }

    /// <summary>The error of JSON-RPC that the call would have been answered with; null: it would not.</summary>
    public JsonElement? Error { get; init; }
}

/// <summary>Where a task stands.</summary>
internal static class TaskStatuses
{
    /// <summary>It is not over.</summary>
    public const string Working = "working";

    /// <summary>It waits for answers of its client.</summary>
    public const string InputRequired = "input_required";

    /// <summary>It has its result, which may be what the tool refused.</summary>
    public const string Completed = "completed";

    /// <summary>The call ends in an error of JSON-RPC, and not in a result.</summary>
    public const string Failed = "failed";

    /// <summary>Its turn was canceled, by the task or otherwise.</summary>
    public const string Cancelled = "cancelled";
}
