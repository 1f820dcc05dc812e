using System.Text;
using AgentMesh.Cli.Meshes;
using AgentMesh.Cli.Terminal;

namespace AgentMesh.Cli.Chatting;

/// <summary>What a message came to.</summary>
/// <param name="Answer">The gateway's document of the answer; null: there is none.</param>
/// <param name="Error">Why there is none.</param>
internal sealed record TurnEnd(string? Answer, TurnErrorDocument? Error);

/// <summary>One message and its answer, over as many connections as it takes: the same message each time, by its key.</summary>
/// <param name="client">The gateway.</param>
/// <param name="request">The message.</param>
/// <param name="text">Shows the answer; null: it is not shown as it is written.</param>
internal sealed class ChatTurn(GatewayClient client, GatewayRequest request, AnswerText? text)
{
    /// <summary>Connections for one message, some two minutes of them when none has an answer.</summary>
    private const int MaxTries = 20;

    private static readonly TurnEnd GivenUp = new(null, new TurnErrorDocument("given_up", "Nobody waits for it any more; whether the agent has the message, its history says."));

    private readonly TaskCompletionSource<string> _turnId = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Sends it, and shows what is answered.</summary>
    /// <param name="isThere">The gateway has answered before: it is waited for when it is away.</param>
    /// <param name="canceled">Cancels the turn; what came of that is waited for.</param>
    /// <param name="cancellationToken">Ends it at once.</param>
    /// <exception cref="CliException">It was refused, or nobody knows what became of it.</exception>
    public async Task<TurnEnd> RunAsync(bool isThere, CancellationToken canceled, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var canceling = CancelAsync(canceled, over.Token);
        try
        {
            return await FollowAsync(isThere, canceled, cancellationToken);
        }
        finally
        {
            // A cancel that is on its way arrives.
            if (!canceled.IsCancellationRequested || !_turnId.Task.IsCompleted)
                await over.CancelAsync();
            await canceling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<TurnEnd> FollowAsync(bool isThere, CancellationToken canceled, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(canceled, cancellationToken);
        for (var tries = 1; ; tries++)
        {
            using var stream = await client.OpenAsync(request, cancellationToken);
            var answer = stream.Answer;
            isThere |= answer.WasSent;
            answer = answer with { WasSent = isThere };
            var pause = answer.IsSuccess ? stream.Reconnection : GatewayClient.PauseBefore(request, answer, tries, MaxTries);
            if (answer.IsSuccess)
            {
                if (stream.LocationId is { } id)
                    _turnId.TrySetResult(id);
                if (await ReadAsync(stream, cancellationToken) is { } end)
                    return end;
            }

            if (pause is not { } wait || tries == MaxTries)
                throw client.Failed(request, answer.IsSuccess ? new GatewayAnswer(null, [], null) : answer);
            // A turn that is known is canceled, and its end is waited for; a message that is not is given up.
            var isKnown = _turnId.Task.IsCompleted;
            try
            {
                await (answer.IsSuccess ? client.PauseAsync("the connection is lost; the answer goes on.", wait, cancellationToken) : client.PauseAsync(answer, wait, isKnown ? cancellationToken : either.Token));
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return GivenUp;
            }
        }
    }

    /// <returns>Null: the stream has ended before the turn, which goes on.</returns>
    private async Task<TurnEnd?> ReadAsync(GatewayStream stream, CancellationToken cancellationToken)
    {
        await foreach (var item in stream.ReadAsync(cancellationToken))
        {
            var data = Encoding.UTF8.GetBytes(item.Data);
            switch (item.EventType)
            {
                case "delta" when text is not null:
                    await text.AddAsync(GatewayClient.Read(data, CliJson.Wire.DeltaDocument));
                    break;
                case "message":
                    var answer = GatewayClient.Read(data, CliJson.Wire.AnswerDocument);
                    if (text is not null)
                        await text.EndAsync(answer.Response);
                    return new TurnEnd(ServerText.Of(data), null);
                case "error":
                    if (text is not null)
                        await text.BreakAsync();
                    return new TurnEnd(null, GatewayClient.Read(data, CliJson.Wire.TurnErrorDocument));
            }
        }

        return null;
    }

    private async Task CancelAsync(CancellationToken canceled, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(canceled, cancellationToken);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var turn = await _turnId.Task.WaitAsync(cancellationToken);
        // Whether it was canceled or was over before, the stream says.
        await client.SendAsync(new GatewayRequest(HttpMethod.Post, $"turns/{Uri.EscapeDataString(turn)}/cancel", request.User), cancellationToken);
    }
}
