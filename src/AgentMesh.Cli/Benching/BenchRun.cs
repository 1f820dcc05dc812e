using System.Text.Json;
using AgentMesh.Cli.Chatting;
using AgentMesh.Cli.Meshes;
using AgentMesh.Cli.Terminal;
using AgentMesh.Primitives;

namespace AgentMesh.Cli.Benching;

/// <summary>Load on a mesh that runs: messages to agents of its own, whose histories are read back in the end.</summary>
internal sealed class BenchRun(BenchOptions options, IReadOnlyList<UserId> users, BenchBook book, GatewayClient client, CliParts parts)
{
    /// <summary>Tries of a message whose answer is lost, all with one key.</summary>
    private const int MaxTries = 3;

    /// <summary>Pages of one history: of all messages there can be.</summary>
    private const int MaxPages = 10_000;

    private readonly long[] _restsUntil = new long[users.Count];
    private int _turn;

    /// <summary>Does all of it.</summary>
    public async Task<BenchDocument> RunAsync(CancellationToken cancellationToken)
    {
        // The first message makes an agent and its wallet, and is not measured.
        await EachAsync("agents", async user =>
        {
            var number = book.Begin(user)!.Value;
            await client.AskAsync(MessageOf(user, number), cancellationToken);
            book.Acknowledge(number, TimeSpan.Zero);
        });
        var begun = parts.TimeProvider.GetTimestamp();
        using (var progress = options.Time is { } time ? new ProgressBar(parts, "seconds", (long)time.TotalSeconds) : new ProgressBar(parts, "messages", options.Messages))
            await Task.WhenAll(Enumerable.Range(0, options.Connections).Select(_ => WorkAsync(begun, progress, cancellationToken)));
        var seconds = parts.TimeProvider.GetElapsedTime(begun).TotalSeconds;
        var measured = book.Acknowledged - users.Count;
        await EachAsync("histories", user => ReadBackAsync(user, cancellationToken));
        return new BenchDocument(
            users.Count, options.Connections, seconds, measured, seconds > 0 ? measured / seconds : 0, LatencyDocument.Of(book.LatenciesFrom(users.Count)), book.Refused,
            book.Unanswered, book.Acknowledged, book.Missing, book.Doubled);
    }

    /// <summary>Erases the agents.</summary>
    public Task EraseAsync(CancellationToken cancellationToken) =>
        EachAsync("erased", user => client.AskAsync(new GatewayRequest(HttpMethod.Delete, "", users[user]) { CanRepeat = true }, cancellationToken));

    private async Task WorkAsync(long begun, ProgressBar progress, CancellationToken cancellationToken)
    {
        while (options.Time is not { } time || parts.TimeProvider.GetElapsedTime(begun) < time)
        {
            if (await TakeUserAsync(begun, cancellationToken) is not { } user || book.Begin(user) is not { } number)
                return;
            await SayAsync(user, number, cancellationToken);
            if (options.Time is null)
                progress.Report(book.Begun - users.Count);
            else
                progress.Report((long)parts.TimeProvider.GetElapsedTime(begun).TotalSeconds, $"{book.Acknowledged - users.Count} messages");
        }
    }

    /// <summary>The agent whose turn it is, of those that take messages; null: none does before the time is up.</summary>
    private async Task<int?> TakeUserAsync(long begun, CancellationToken cancellationToken)
    {
        while (true)
        {
            var now = parts.TimeProvider.GetTimestamp();
            for (var n = 0; n < users.Count; n++)
            {
                var user = (int)((uint)Interlocked.Increment(ref _turn) % (uint)users.Count);
                if (Volatile.Read(ref _restsUntil[user]) <= now)
                    return user;
            }

            var pause = parts.TimeProvider.GetElapsedTime(now, _restsUntil.Min());
            if (options.Time is { } time && parts.TimeProvider.GetElapsedTime(begun) + pause >= time)
                return null;
            await Task.Delay(pause, parts.TimeProvider, cancellationToken);
        }
    }

    private async Task SayAsync(int user, int number, CancellationToken cancellationToken)
    {
        var (request, begun) = (MessageOf(user, number), parts.TimeProvider.GetTimestamp());
        for (var tries = 1; tries <= MaxTries; tries++)
        {
            var answer = await client.SendAsync(request, cancellationToken);
            if (answer.IsSuccess)
            {
                book.Acknowledge(number, parts.TimeProvider.GetElapsedTime(begun));
                return;
            }

            if (answer.Status is { } status)
            {
                book.Refuse(Problem.CodeOf(answer.Body) is { } code ? PlainText.Of(code) : $"http_{(int)status}");
                // Who is asked sooner refuses again, and nothing else is measured.
                Volatile.Write(ref _restsUntil[user], parts.TimeProvider.GetTimestamp() + (long)((answer.RetryAfter ?? TimeSpan.Zero).TotalSeconds * parts.TimeProvider.TimestampFrequency));
                return;
            }

            book.Lose();
            if (tries < MaxTries)
                await Task.Delay(Retry.PauseAfter(tries), parts.TimeProvider, cancellationToken);
        }
    }

    private async Task ReadBackAsync(int user, CancellationToken cancellationToken)
    {
        long? before = null;
        for (var n = 0; n < MaxPages; n++)
        {
            var request = new GatewayRequest(HttpMethod.Get, "history", users[user])
            {
                Query = [("limit", "1000"), ("before", before?.ToString(System.Globalization.CultureInfo.InvariantCulture))],
                CanRepeat = true,
            };
            var page = GatewayClient.Read(await client.AskAsync(request, cancellationToken), CliJson.Wire.HistoryDocument);
            foreach (var message in page.Messages.Where(message => message.Role == "user"))
                book.Find(user, message.Content);
            if (page.NextBefore is not { } next || next >= before)
                return;
            before = next;
        }
    }

    private GatewayRequest MessageOf(int user, int number) => new(HttpMethod.Post, "message", users[user])
    {
        Body = JsonSerializer.SerializeToUtf8Bytes(new MessageOrder(book.TextOf(number), null), CliJson.Wire.MessageOrder),
        IdempotencyKey = parts.NewKey(),
    };

    private async Task EachAsync(string what, Func<int, Task> act)
    {
        using var progress = new ProgressBar(parts, what, users.Count);
        var (next, done) = (-1, 0);
        await Task.WhenAll(Enumerable.Range(0, Math.Min(options.Connections, users.Count)).Select(async _ =>
        {
            while (Interlocked.Increment(ref next) is var user && user < users.Count)
            {
                await act(user);
                progress.Report(Interlocked.Increment(ref done));
            }
        }));
    }
}
