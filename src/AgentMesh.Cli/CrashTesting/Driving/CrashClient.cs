using System.Net;
using System.Text.Json;
using AgentMesh.Cli.Meshes;
using AgentMesh.Cli.Terminal;
using AgentMesh.CrashKit.Histories;
using AgentMesh.CrashKit.Seeds;
using AgentMesh.Primitives;

namespace AgentMesh.Cli.CrashTesting.Driving;

/// <summary>A client: one request at a time, each with its outcome in the history.</summary>
/// <param name="name">Its name in the history.</param>
/// <param name="random">Decides what it does.</param>
/// <param name="gateway">Asks.</param>
/// <param name="history">Where all is noted.</param>
/// <param name="parts">The clock.</param>
internal sealed class CrashClient(string name, SeededRandom random, GatewayClient gateway, History history, CliParts parts)
{
    /// <summary>A client does not wait for longer: what a paused process has is unknown to it by then.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private const int LeastPauseMs = 50;
    private const int MostPauseMs = 500;
    private const int MaxPages = 10_000;

    // How often a client has to wait is the machine's, and must not change what it does next.
    private readonly SeededRandom _pauses = random.Fork("pauses");

    /// <summary>Its name in the history.</summary>
    public string Name => name;

    /// <summary>Decides one thing that it does, whatever has come of those before.</summary>
    /// <param name="number">Which, from 0.</param>
    public SeededRandom RandomOf(int number) => random.Fork(Text(number));

    /// <summary>Sends a request once, and notes it.</summary>
    /// <param name="agent">Whose agent it is about, as the history names it.</param>
    /// <param name="action">What it asks for.</param>
    /// <param name="content">What it says.</param>
    /// <param name="request">The request.</param>
    /// <param name="read">What the answer says; null: nothing of interest.</param>
    /// <param name="cancellationToken">Ends it, and it is unknown.</param>
    public async Task<(Operation Operation, GatewayAnswer Answer)> SendAsync(
        string agent, string action, string content, GatewayRequest request, Func<JsonElement, IReadOnlyDictionary<string, string>>? read, CancellationToken cancellationToken)
    {
        var number = history.Begin(name, agent, action, content, request.IdempotencyKey);
        var answer = await AnswerAsync(request, cancellationToken);
        return (history.End(number, OutcomeOf(answer), answer.IsSuccess && read is not null ? Read(answer.Body, read) : null), answer);
    }

    /// <summary>Sends a request with a key until its outcome is known, or it is stopped. One that comes too soon is refused, and that is known.</summary>
    public async Task<(Operation Operation, GatewayAnswer Answer)> SendUntilKnownAsync(
        string agent, string action, string content, GatewayRequest request, Func<JsonElement, IReadOnlyDictionary<string, string>>? read, CancellationToken stop, CancellationToken cancellationToken)
    {
        while (true)
        {
            var sent = await SendAsync(agent, action, content, request, read, cancellationToken);
            if (sent.Operation.Outcome.Kind != OutcomeKind.Unknown || stop.IsCancellationRequested)
                return sent;
            await PauseAsync(sent.Answer, stop, cancellationToken);
        }
    }

    /// <summary>What a client does between two tries: it waits as long as the answer says, else a moment.</summary>
    public async Task PauseAsync(GatewayAnswer answer, CancellationToken stop, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, cancellationToken);
        var pause = answer.RetryAfter ?? TimeSpan.FromMilliseconds(_pauses.Between(LeastPauseMs, MostPauseMs));
        await Task.Delay(pause, parts.TimeProvider, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Asks for something that changes nothing, and is not of the history.</summary>
    public async Task<GatewayAnswer> AnswerAsync(GatewayRequest request, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Patience + request.Wait, parts.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await gateway.SendAsync(request, either.Token);
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            return GatewayAnswer.None(late);
        }
    }

    /// <summary>Reads a whole history, page by page, once. It is noted when it is there.</summary>
    /// <param name="agent">As the history names it.</param>
    /// <param name="user">Whose agent.</param>
    /// <param name="pageSize">Messages of a page.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The messages, oldest first; null: a page did not come.</returns>
    public async Task<Reading?> ReadAsync(string agent, UserId user, int pageSize, CancellationToken cancellationToken)
    {
        var start = history.Now;
        List<StoredMessage> messages = [];
        long? before = null;
        for (var pages = 0; pages < MaxPages; pages++)
        {
            var answer = await AnswerAsync(
                new GatewayRequest(HttpMethod.Get, "history", user) { Query = [("limit", Text(pageSize)), ("before", before is { } seq ? Text(seq) : null)] }, cancellationToken);
            if (!answer.IsSuccess)
                return null;
            var page = JsonElement.Parse(answer.Body);
            messages.InsertRange(0, page.GetProperty("messages").EnumerateArray().Select(message => new StoredMessage(
                message.GetProperty("seq").GetInt64(), message.GetProperty("role").GetString()!, message.GetProperty("content").GetString()!)));
            if (!page.TryGetProperty("nextBefore", out var next) || next.ValueKind == JsonValueKind.Null)
            {
                var reading = new Reading(name, agent, start, history.Now, messages);
                history.Read(reading);
                return reading;
            }

            before = next.GetInt64();
        }

        throw new CliException($"the history of {agent} has no end");
    }

    /// <summary>What a client knows after an answer.</summary>
    public static Outcome OutcomeOf(GatewayAnswer answer)
    {
        if (answer.IsSuccess)
            return Outcome.Acknowledged;
        if (answer.Status is not { } status)
            return Outcome.Lost;
        var code = Problem.CodeOf(answer.Body) is { } known ? PlainText.Of(known) : $"http_{Text((int)status)}";
        return Retry.IsOpen(status) && status != HttpStatusCode.TooManyRequests ? Outcome.Open(code) : Outcome.Refused(code);
    }

    private static IReadOnlyDictionary<string, string>? Read(byte[] body, Func<JsonElement, IReadOnlyDictionary<string, string>> read)
    {
        try
        {
            return read(JsonElement.Parse(body));
        }
        catch (Exception damage) when (damage is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw GatewayClient.NotGateway();
        }
    }

    private static string Text(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
