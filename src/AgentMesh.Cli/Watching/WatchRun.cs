using System.Globalization;
using System.Net.ServerSentEvents;
using System.Text.Json;
using AgentMesh.Cli.Meshes;
using AgentMesh.Cli.Terminal;

namespace AgentMesh.Cli.Watching;

/// <summary>Watches: each event once, in the order of its number, over as many connections as it takes.</summary>
internal sealed class WatchRun(WatchOptions options, GatewayClient client, CliParts parts)
{
    private const string Reset = "reset";

    /// <summary>Tries in a row without a connection, some quarter of an hour. One that was made and lost is made again without end.</summary>
    private const int MaxTries = 100;

    private long _last;
    private int _shown;

    /// <summary>Watches until it was told to end, or has shown what it was to show.</summary>
    /// <exception cref="CliException">The gateway refuses, or is not there.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var request = new GatewayRequest(HttpMethod.Get, "events", options.User);
        // Where the log ends is asked first: behind a lost connection it would be somewhere else.
        _last = options.After ?? GatewayClient.Read(
            await client.AskAsync(request with { Accept = "application/json", CanRepeat = true }, cancellationToken), CliJson.Wire.LogEndDocument).Last;
        var (wasConnected, tries) = (false, 0);
        while (true)
        {
            using var stream = await client.OpenAsync(request with { LastEventId = _last }, cancellationToken);
            if (!stream.Answer.IsSuccess)
            {
                if (!Retry.IsOpen(stream.Answer.Status) || ++tries == MaxTries || !wasConnected && !stream.Answer.WasSent)
                    throw client.Failed(request, stream.Answer);
                await client.PauseAsync(stream.Answer, stream.Answer.RetryAfter ?? Retry.PauseAfter(tries), cancellationToken);
                continue;
            }

            (wasConnected, tries) = (true, 0);
            await foreach (var item in stream.ReadAsync(cancellationToken))
            {
                await ShowAsync(item);
                if (_shown == options.Count)
                    return;
            }

            await client.PauseAsync("the connection is lost.", stream.Reconnection, cancellationToken);
        }
    }

    private async Task ShowAsync(SseItem<string> item)
    {
        var value = Read(item.Data);
        if (item.EventType == Reset)
            await ResetAsync(value);
        else if (value.TryGetProperty("seq", out var number) && !Take(number))
            return;
        if (!options.Shows(item.EventType) || item.EventType == Reset && !options.AsJson)
            return;
        await parts.Output.WriteLineAsync(options.AsJson ? EventLine.JsonOf(value) : EventLine.Of(item.EventType, value));
        _shown++;
    }

    // One that was shown comes again when its connection was lost on the way.
    private bool Take(JsonElement number)
    {
        if (number.ValueKind != JsonValueKind.Number || !number.TryGetInt64(out var seq))
            throw GatewayClient.NotGateway();
        if (seq <= _last)
            return false;
        _last = seq;
        return true;
    }

    // What was asked for is not in the log any more, or the agent was erased and its numbers begin anew.
    private async Task ResetAsync(JsonElement value)
    {
        if (!value.TryGetProperty("after", out var after) || after.ValueKind != JsonValueKind.Number || !after.TryGetInt64(out _last))
            throw GatewayClient.NotGateway();
        await parts.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"the log goes on behind {_last}: what was asked for is not in it"));
    }

    private static JsonElement Read(string json)
    {
        try
        {
            return JsonElement.Parse(json) is { ValueKind: JsonValueKind.Object } value ? value : throw GatewayClient.NotGateway();
        }
        catch (JsonException)
        {
            throw GatewayClient.NotGateway();
        }
    }
}

/// <summary>An answer of a long poll, of which only the end matters.</summary>
/// <param name="Last">The number of the last event.</param>
internal sealed record LogEndDocument(long Last);
