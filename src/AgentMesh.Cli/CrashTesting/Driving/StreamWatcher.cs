using System.Text.Json;
using AgentMesh.Cli.Meshes;
using AgentMesh.CrashKit.Histories;
using AgentMesh.CrashKit.Seeds;
using AgentMesh.Primitives;

namespace AgentMesh.Cli.CrashTesting.Driving;

/// <summary>Watches by server-sent events, with <c>Last-Event-ID</c> as browsers send it.</summary>
internal sealed class StreamWatcher(UserId user, string name, SeededRandom random, History history, GatewayClient gateway) : AgentWatcher(user, name, random, history)
{
    /// <inheritdoc/>
    protected override async Task<Outcome> ConnectAsync(long after, CancellationToken cancellationToken)
    {
        try
        {
            using var stream = await gateway.OpenAsync(new GatewayRequest(HttpMethod.Get, "events", User) { LastEventId = after }, cancellationToken);
            if (!stream.Answer.IsSuccess)
                return CrashClient.OutcomeOf(stream.Answer);
            await foreach (var item in stream.ReadAsync(cancellationToken))
            {
                var value = JsonElement.Parse(item.Data);
                // Pieces of a text that is being written are no events.
                if (value.TryGetProperty("seq", out _) && !Take(EventReading.EventOf(value)))
                    return Outcome.Acknowledged;
            }

            return Outcome.Lost;
        }
        catch (OperationCanceledException)
        {
            return Outcome.Acknowledged;
        }
    }
}
