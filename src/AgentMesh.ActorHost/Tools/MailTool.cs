using System.ComponentModel;
using AgentMesh.ActorHost.Turns;
using AgentMesh.Contracts.Agents;
using AgentMesh.Primitives;

namespace AgentMesh.ActorHost.Tools;

/// <summary>Messages to other agents as a tool. The turn goes on meanwhile: an answer comes as mail, and its model does not wait for it.</summary>
internal static class MailTool
{
    internal const string Name = "send_to_agent";

    /// <summary>Makes it.</summary>
    internal static AgentTool Create(TurnActors actors) => AgentTool.Of(
        (
            [Description("The other agent: the name of its user, such as bob, or with a tenant, acme:bob.")] string to,
            [Description("The message. The other agent knows nothing of this conversation.")] string content,
            ToolContext context,
            CancellationToken cancellationToken) => SendAsync(actors, new Wanted(to, content), context, cancellationToken),
        Name,
        "Sends a message to another agent. It is delivered later, and an answer, if there is one, comes as mail into your owner's inbox: not in this turn, so do not wait for it.");

    private static async Task<string> SendAsync(TurnActors actors, Wanted wanted, ToolContext context, CancellationToken cancellationToken)
    {
        // A refusal says what a recipient is; a name that is none is passed on to get it.
        var to = UserId.TryParse(wanted.To, out var user) ? new AgentKey(context.Agent.Tenant, user).ToString() : wanted.To;
        var id = context.RequestIdOf($"{Name} {wanted with { To = to }}");
        // As a key too: a turn that is paused goes on when many other requests have come, and request ids are known for the last of those only.
        var mail = new SendMail(id, id, [to], wanted.Content, Turn: context.TurnId);
        var sent = await actors.SendMailAsync(context.Agent.ToString(), mail, cancellationToken);
        return sent.IsRefused
            ? $"Not sent: {sent.Refusal.Detail}"
            : $"The message is on its way to {to}, with the id {sent.Value.MessageIds[0]}. An answer, if there is one, will come as mail, after this turn.";
    }

    private sealed record Wanted(string To, string Content);
}
