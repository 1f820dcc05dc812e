using AgentMesh.ActorHost.Tools;

namespace AgentMesh.ActorHost.Responders;

/// <summary>What a model is asked.</summary>
/// <param name="SystemPrompt">Instructions; null: <see cref="ResponderOptions.SystemPrompt"/>.</param>
/// <param name="Summary">What was said before the messages, as a model has summarized it; null: nothing, or it is left out.</param>
/// <param name="Messages">The conversation, oldest first; the last one is the user's that is to be answered.</param>
/// <param name="Turn">The turn's id, for the log.</param>
/// <param name="Attempt">The turn's attempt, for the log.</param>
/// <param name="Tools">What the model may do; null: write, in one call.</param>
/// <param name="Funds">What pays for a model that costs something; null: nobody asks.</param>
internal sealed record ResponderRequest(
    string? SystemPrompt, string? Summary, IReadOnlyList<ResponderMessage> Messages, string Turn, int Attempt, ToolRun? Tools = null, ModelFunds? Funds = null);

/// <summary>One message of the conversation.</summary>
/// <param name="IsUser">False: the assistant's.</param>
/// <param name="Content">Its text.</param>
internal sealed record ResponderMessage(bool IsUser, string Content);
