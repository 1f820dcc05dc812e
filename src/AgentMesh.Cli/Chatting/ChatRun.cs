using System.Globalization;
using System.Text.Json;
using AgentMesh.Cli.Meshes;
using AgentMesh.Cli.Terminal;

namespace AgentMesh.Cli.Chatting;

/// <summary>A conversation: line, answer, line. Ctrl-C cancels the answer that is being written; a second one, or one without an answer, ends.</summary>
internal sealed class ChatRun : IDisposable
{
    private readonly ChatOptions _options;
    private readonly GatewayClient _client;
    private readonly CliParts _parts;
    private readonly CancellationTokenSource _end;
    private readonly IDisposable _listening;
    private CancellationTokenSource? _turn;
    private bool _isThere;

    /// <summary>Listens to Ctrl-C from now on.</summary>
    public ChatRun(ChatOptions options, GatewayClient client, CliParts parts, CancellationToken cancellationToken)
    {
        (_options, _client, _parts) = (options, client, parts);
        _end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _listening = parts.OnCtrlC(Press);
    }

    /// <summary>Talks until the input ends.</summary>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public async Task<int> RunAsync()
    {
        await ShowHistoryAsync();
        if (_parts.IsInputTerminal)
            await _parts.Error.WriteLineAsync("Ctrl-C cancels an answer, Ctrl-D ends.");
        while (await ReadAsync() is { } line)
        {
            if (string.IsNullOrWhiteSpace(line))
                continue;
            try
            {
                await SayAsync(line);
            }
            catch (CliException refused) when (_parts.IsInputTerminal)
            {
                await _parts.Error.WriteLineAsync($"error: {refused.Message}");
            }
        }

        if (_parts.IsInputTerminal)
            await _parts.Error.WriteLineAsync();
        return ExitCodes.Done;
    }

    public void Dispose()
    {
        _listening.Dispose();
        _end.Dispose();
    }

    private void Press()
    {
        if (Interlocked.Exchange(ref _turn, null) is { } turn)
            turn.Cancel();
        else
            _end.Cancel();
    }

    private async Task ShowHistoryAsync()
    {
        if (_options.History == 0)
            return;
        var request = new GatewayRequest(HttpMethod.Get, "history", _options.User)
        {
            Query = [("limit", _options.History.ToString(CultureInfo.InvariantCulture)), ("sessionId", _options.Session)],
            CanRepeat = true,
        };
        foreach (var message in GatewayClient.Read(await _client.AskAsync(request, _end.Token), CliJson.Wire.HistoryDocument).Messages)
            await _parts.Output.WriteLineAsync($"{PlainText.Of(message.Role)}: {PlainText.Of(message.Content, keepsLines: true)}");
        _isThere = true;
    }

    // A terminal is read by a thread that waits, which the end of the program does not wait for.
    private async Task<string?> ReadAsync()
    {
        if (_parts.IsInputTerminal)
            await _parts.Error.WriteAsync("> ");
        return await Task.Run(_parts.Input.ReadLine, _end.Token).WaitAsync(_end.Token);
    }

    private async Task SayAsync(string line)
    {
        var request = new GatewayRequest(HttpMethod.Post, "message", _options.User)
        {
            Body = JsonSerializer.SerializeToUtf8Bytes(new MessageOrder(line, _options.Session), CliJson.Wire.MessageOrder),
            IdempotencyKey = _parts.NewKey(),
        };
        // Not disposed of: a Ctrl-C may come in the moment in which the turn ends.
        var canceled = new CancellationTokenSource();
        _turn = canceled;
        TurnEnd end;
        try
        {
            end = await new ChatTurn(_client, request, _options.AsJson ? null : new AnswerText(_parts)).RunAsync(_isThere, canceled.Token, _end.Token);
        }
        finally
        {
            _turn = null;
        }

        _isThere = true;
        if (end.Error is { } error)
            await TellAsync(error, canceled.IsCancellationRequested);
        else if (_options.AsJson)
            await _parts.Output.WriteLineAsync(end.Answer);
    }

    private async Task TellAsync(TurnErrorDocument error, bool wasCanceled)
    {
        var text = PlainText.Of($"{error.Code}: {error.Detail}");
        if (!_parts.IsInputTerminal)
            throw new CliException(text, wasCanceled ? ExitCodes.Canceled : ExitCodes.Refused);
        await _parts.Error.WriteLineAsync(text);
    }
}
