using System.Text.Json;
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
}

/// <summary>Where a task stands. None waits for input, and none fails: what a tool refuses is the result of a task that is completed.</summary>
internal static class TaskStatuses
{
    /// <summary>It is not over.</summary>
    public const string Working = "working";

    /// <summary>It has its result.</summary>
    public const string Completed = "completed";

    /// <summary>Its turn was canceled, by the task or otherwise.</summary>
    public const string Cancelled = "cancelled";
}
