using System.Text.Json.Serialization;
using Dapr.Actors;

namespace AgentMesh.Contracts.Agents;

/// <summary>
/// What a run of the model says to its agent, in calls of their own: the model never runs inside a turn of the actor. Refused with
/// <c>turn_lost</c> when the turn is over or another run has it.
/// </summary>
public interface IAgentTurns : IActor
{
    /// <summary>What the model is to answer.</summary>
    Task<Reply<TurnContext>> GetTurnContext(TurnRunId request, CancellationToken cancellationToken);

    /// <summary>The run lives: its lease begins anew.</summary>
    Task<Reply<TurnRunId>> RenewTurn(TurnRunId request, CancellationToken cancellationToken);

    /// <summary>
    /// The run is about to call the model, which costs something: what its last try has cost is settled, and money set aside for this one. Where there is
    /// not enough the turn is paused and the run is over.
    /// </summary>
    Task<Reply<CallHold>> HoldCall(HoldCall request, CancellationToken cancellationToken);

    /// <summary>The run is about to call a tool, or the call is over. What is refused must not be called.</summary>
    Task<Reply<TurnRunId>> NoteTool(NoteTool request, CancellationToken cancellationToken);

    /// <summary>The run has the whole answer.</summary>
    Task<Reply<TurnRunId>> CompleteTurn(CompleteTurn request, CancellationToken cancellationToken);

    /// <summary>The run has ended without an answer.</summary>
    Task<Reply<TurnRunId>> FailTurn(FailTurn request, CancellationToken cancellationToken);
}

/// <summary>One run of the model.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="Attempt">Which run, from 1.</param>
public sealed record TurnRunId(long Turn, int Attempt);

/// <summary>What the model is to answer.</summary>
/// <param name="Session">The session.</param>
/// <param name="SystemPrompt">The agent's own; null: the configured one.</param>
/// <param name="Summary">What was said before the messages, in short; null: they are all, or the older ones are left out.</param>
/// <param name="Messages">Oldest first, the last one to be answered.</param>
/// <param name="StoredBefore">The agent's messages before that one.</param>
/// <param name="Deadline">When the turn ends without an answer, Unix milliseconds.</param>
/// <param name="Tool">The tool that the last message calls, and whose result is the answer; null: a model is to answer.</param>
/// <param name="WalletAddress">The agent's address; null: it has no wallet.</param>
public sealed record TurnContext(
    string Session, string? SystemPrompt, string? Summary, IReadOnlyList<ContextMessage> Messages, long StoredBefore, long Deadline, string? Tool = null,
    string? WalletAddress = null);

/// <summary>A message as a model reads it.</summary>
/// <param name="IsUser">The user's; else the assistant's.</param>
/// <param name="Content">The text.</param>
public sealed record ContextMessage(bool IsUser, string Content);

/// <summary>A try of a call of the model that is about to be made. Amounts are USD micro-units, as text.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="Attempt">Which run.</param>
/// <param name="Call">Which try of the run, from 1; a repeat of it finds the hold it got.</param>
/// <param name="WantedMicroUsd">What it may cost at most.</param>
/// <param name="LeastMicroUsd">The least that it is worth making for.</param>
/// <param name="LastMicroUsd">What the try before it has cost; null: not known, so that all that was held for it counts, or there was none.</param>
/// <param name="Stop">Why the tenant has no money for it, so that no hold is taken and the turn is paused; null: it has.</param>
public sealed record HoldCall(
    long Turn,
    int Attempt,
    int Call,
    [property: JsonNumberHandling(MoneyJson.AsText)] long WantedMicroUsd,
    [property: JsonNumberHandling(MoneyJson.AsText)] long LeastMicroUsd,
    [property: JsonNumberHandling(MoneyJson.AsText)] long? LastMicroUsd,
    SpendingStop? Stop = null);

/// <summary>What a try may cost.</summary>
/// <param name="GrantedMicroUsd">USD micro-units that are set aside, as text; null: none, and the turn is paused.</param>
/// <param name="PausedCode">Why, as a code; null: it is not.</param>
public sealed record CallHold([property: JsonNumberHandling(MoneyJson.AsText)] long? GrantedMicroUsd, string? PausedCode);

/// <summary>A call of a tool.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="Attempt">Which run.</param>
/// <param name="Call">Which call of the run, from 1.</param>
/// <param name="Tool">The tool's name.</param>
/// <param name="Status">One of <see cref="ToolStatus"/>.</param>
/// <param name="DurationMs">How long it took, when it is over.</param>
public sealed record NoteTool(long Turn, int Attempt, int Call, string Tool, string Status, int? DurationMs);

/// <summary>Where a call of a tool stands. One that was started and has no end is of a run that died: whether it has done its work is not known.</summary>
public static class ToolStatus
{
    /// <summary>It begins.</summary>
    public const string Started = "started";

    /// <summary>It has a result.</summary>
    public const string Completed = "completed";

    /// <summary>It threw.</summary>
    public const string Failed = "failed";

    /// <summary>It was left when its time was over.</summary>
    public const string TimedOut = "timed_out";
}

/// <summary>The answer of a run.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="Attempt">Which run.</param>
/// <param name="Text">The answer.</param>
/// <param name="Usage">What it took; null when the model does not say.</param>
/// <param name="LastMicroUsd">What the last try of a call has cost, USD micro-units as text; null: not known, so that all that is held for it counts, or nothing is.</param>
public sealed record CompleteTurn(
    long Turn, int Attempt, string Text, TurnUsage? Usage, [property: JsonNumberHandling(MoneyJson.AsText)] long? LastMicroUsd = null);

/// <summary>What a model's answer took.</summary>
/// <param name="InputTokens">Tokens read.</param>
/// <param name="OutputTokens">Tokens written.</param>
/// <param name="CostMicroUsd">Price in millionths of a US dollar, rounded up; 0 without a price.</param>
public sealed record TurnUsage(long InputTokens, long OutputTokens, long CostMicroUsd);

/// <summary>The end of a run without an answer.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="Attempt">Which run.</param>
/// <param name="Code">Why, as a code.</param>
/// <param name="Detail">Why, safe to show.</param>
/// <param name="IsTransient">Another run may do better.</param>
/// <param name="LastMicroUsd">What the last try of a call has cost, USD micro-units as text; null: not known, so that all that is held for it counts, or nothing is.</param>
public sealed record FailTurn(
    long Turn, int Attempt, string Code, string Detail, bool IsTransient, [property: JsonNumberHandling(MoneyJson.AsText)] long? LastMicroUsd = null);
