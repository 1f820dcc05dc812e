using AgentMesh.Primitives;

namespace AgentMesh.Agents.Turns;

/// <summary>Why turns say no, in order of precedence. The codes are those of <c>AgentMesh.Contracts.Agents.AgentRefusals</c>; a test holds them together.</summary>
public static class TurnRefusals
{
    /// <summary>No such turn.</summary>
    public static Refusal TurnNotFound { get; } = new("turn_not_found", "The agent has no such turn.");

    /// <summary>The run is not the one the turn waits for. Only the runner hears it.</summary>
    public static Refusal TurnLost { get; } = new("turn_lost", "The turn is over, or another run has taken it over.");

    /// <summary>No such tool, or arguments that it does not take.</summary>
    /// <param name="reason">Why, as the end of a sentence.</param>
    public static Refusal InvalidToolCall(string reason) => new("invalid_tool_call", $"The tool is not called: {reason}");

    /// <summary>None of the policies.</summary>
    public static Refusal InvalidIfBusy { get; } = new("invalid_if_busy", "ifBusy is enqueue, reject or interrupt.");

    /// <summary>A turn of the session runs.</summary>
    public static Refusal TurnRunning { get; } = new("turn_running", "A turn of this session is not over, and the message was not to wait for it.");

    /// <summary>No room for another turn.</summary>
    public static Refusal TooManyTurns { get; } =
        new("too_many_turns", $"The agent works on {TurnLimits.Open} turns already; send the message again when one is over.");

    /// <summary>Ended by the owner.</summary>
    public static Refusal TurnCanceled { get; } = new("turn_canceled", "The turn was canceled.");

    /// <summary>The time was over.</summary>
    public static Refusal TurnTimedOut { get; } = new("turn_timed_out", "The model had not answered when the turn's time was over.");

    /// <summary>No run of the model came to an end.</summary>
    /// <param name="attempts">How many there were.</param>
    public static Refusal TurnFailed(int attempts) =>
        new("turn_failed", $"The turn was given up after {attempts} runs of the model, none of which came to an end.");

    /// <summary>The answer is empty or too long.</summary>
    public static Refusal AnswerRefused { get; } =
        new("turn_failed", $"The model's answer is empty or longer than {TurnLimits.AnswerBytes} bytes of UTF-8.");
}
