using System.Security.Cryptography;
using System.Text;
using AgentMesh.Primitives;
using Microsoft.Extensions.AI;

namespace AgentMesh.ActorHost.Tools;

/// <summary>
/// For whom a tool is called. A parameter of this type of a tool's method is filled in and is no argument of the model's; so is one of type
/// <see cref="CancellationToken"/>, which ends with the turn.
/// </summary>
/// <param name="Agent">The agent, and so its owner. Nothing that the model says can change it.</param>
/// <param name="SessionId">The session of the turn.</param>
/// <param name="TurnId">The turn.</param>
/// <param name="Attempt">
/// Which run of the turn, from 1. A run that dies is followed by another, which may call the same tools again: what must happen once is to be
/// remembered by the turn.
/// </param>
/// <param name="Deadline">When the turn ends, and with it the call.</param>
public sealed record ToolContext(AgentKey Agent, string SessionId, string TurnId, int Attempt, DateTimeOffset Deadline)
{
    /// <summary>The context of a call, for an <see cref="AIFunction"/> that was not made from a method.</summary>
    /// <param name="arguments">What the function was called with.</param>
    /// <exception cref="InvalidOperationException">The function is not called as a tool of an agent.</exception>
    public static ToolContext Of(AIFunctionArguments arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        return arguments.Context?.TryGetValue(typeof(ToolContext), out var context) == true && context is ToolContext found
            ? found
            : throw new InvalidOperationException("The function is not called as a tool of an agent.");
    }

    /// <summary>
    /// The id of what a tool asks its agent for: the same for every run of the turn that asks for the same, because a run that dies after the call is
    /// followed by another, whose calls have other ids.
    /// </summary>
    /// <param name="wanted">All that is asked for, as text.</param>
    internal string RequestIdOf(string wanted) => $"tool:{TurnId}:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(wanted)))}";
}
