using System.Text.Json;
using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.Watching;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;
using Microsoft.Extensions.Options;

namespace AgentMesh.Gateway.Turns;

/// <summary>
/// The answer to a message as an event stream: <c>delta</c> events, whose texts make up the answer, then <c>message</c> and
/// <c>done</c>, or <c>error</c>; of a turn that waits until there is budget <c>turn_paused</c>, then <c>error</c>. A client that goes away does not end
/// the turn.
/// </summary>
internal sealed class TurnStream(
    WatchHub hub, AgentCalls calls, WatchClock clock, IOptions<WatchOptions> options, TimeProvider timeProvider)
{
    private static readonly byte[] Done = "{}"u8.ToArray();

    /// <summary>Answers with the turn of a message.</summary>
    public async Task AnswerAsync(HttpContext context, AgentKey agent, PostedMessage posted)
    {
        using var watcher = hub.Join(agent);
        using var stream = new EventStream(context, watcher, clock, options.Value, timeProvider);
        context.Response.Headers.Location = TurnEndpoints.PathOf(agent, posted.TurnId);
        if (!posted.IsPending)
        {
            await stream.BeginAsync(null);
            await CompleteAsync(stream, posted, default);
            return;
        }

        watcher.Agent.Expect(posted.TurnId);
        var started = await watcher.StartReadingAsync(posted.UserSeq, context.RequestAborted);
        if (started.IsRefused)
        {
            await Problem.WriteAsync(context, started.Refusal);
            return;
        }

        await using var gone = context.RequestAborted.Register(static watcher => ((Watcher)watcher!).Wake(), watcher);
        await stream.BeginAsync(null);
        await FollowAsync(stream, watcher, posted.TurnId, context.RequestAborted);
    }

    private async Task FollowAsync(EventStream stream, Watcher watcher, string turn, CancellationToken cancellationToken)
    {
        while (true)
        {
            var isLast = stream.IsDraining;
            var batch = await watcher.PullAsync(cancellationToken);
            var pause = batch.Events?.LastOrDefault(next => next.PausedTurn == turn);
            if ((batch.Reset is not null || pause is not null || batch.Events?.Any(next => next.EndedTurn == turn) == true)
                && await EndAsync(stream, watcher, turn, pause, cancellationToken))
            {
                return;
            }

            if (!batch.IsEmpty)
                continue;
            if (watcher.NextDelta(turn) is { } delta)
                await stream.SendAsync("delta", delta.Json);
            else if (isLast)
                // Without an end: the turn goes on, and Location says where to ask.
                return;
            else
                await stream.WaitAsync();
        }
    }

    /// <returns>False: it was paused, and goes on by now.</returns>
    private async Task<bool> EndAsync(EventStream stream, Watcher watcher, string turn, WatchedEvent? pause, CancellationToken cancellationToken)
    {
        var result = await calls.GetTurnAsync(watcher.Agent.Key, new GetTurn(turn), cancellationToken);
        switch (result.Value)
        {
            case { Answer: { } answer }:
                await CompleteAsync(stream, answer, watcher.PlaceIn(turn));
                return true;
            case { Status: TurnStatus.Running or TurnStatus.Queued }:
                return false;
            case { Status: TurnStatus.Paused } when pause is not null:
                await stream.SendAsync(EventTypes.TurnPaused, pause.Json);
                break;
        }

        await stream.SendAsync("error", WatchJson.Error(result.Refusal ?? TurnEndpoints.RefusalOf(result.Value!), null));
        return true;
    }

    // What the deltas did not bring before the end came, so that they always make up the answer.
    private static async Task CompleteAsync(EventStream stream, PostedMessage posted, TurnPlace place)
    {
        var answer = TurnAnswer.Of(posted);
        if (answer.Response.Length > place.Length)
            await stream.SendAsync("delta", WatchJson.Delta(posted.TurnId, Math.Max(place.Attempt, 1), place.Length, answer.Response[place.Length..]));
        await stream.SendAsync("message", JsonSerializer.SerializeToUtf8Bytes(answer, GatewayJson.Answers.TurnAnswer));
        await stream.SendAsync("done", Done);
    }
}
