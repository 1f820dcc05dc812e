using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using AgentMesh.Cli.Meshes;
using AgentMesh.Cli.Terminal;
using AgentMesh.Primitives;

namespace AgentMesh.Cli.Mail;

/// <summary><c>send</c>: a message of one agent to others. It is sent once, however often it has to be asked for.</summary>
internal sealed class SendCommand
{
    private const int MaxAwaitSeconds = 300;
    private const int MaxKeyLength = 128;

    private readonly CliParts _parts;
    private readonly Argument<UserId> _from = CliOptions.User("from", "Whose agent sends it.");
    private readonly Argument<string[]> _rest = new("to... text") { Description = "Whose agents get it, USER or TENANT:USER, and last the text.", Arity = new ArgumentArity(2, 1_000) };
    private readonly Option<int?> _await = CliOptions.Number("--await", "SECONDS", 1, MaxAwaitSeconds, "Wait so long for the answer, of one receiver.");
    private readonly Option<int?> _replyTo = CliOptions.Number("--reply-to", "N", 1, int.MaxValue, "The number of the message in the inbox that it answers.");
    private readonly Option<string?> _key = new("--key") { Description = "The idempotency key of an earlier try. Default: a new one.", HelpName = "KEY" };
    private readonly Option<bool> _json = CliOptions.Json("Print the gateway's document.");
    private readonly GatewayOptions _gateway;

    private SendCommand(Command command, CliParts parts)
    {
        _parts = parts;
        command.Add(_from);
        command.Add(_rest);
        foreach (var option in (Option[])[_await, _replyTo, _key, _json])
            command.Add(option);
        _gateway = new GatewayOptions(command, "the sender's");
        command.Validators.Add(Check);
        command.SetAction(SendAsync);
    }

    public static Command Create(CliParts parts)
    {
        var command = new Command("send", "Send a message from one agent to others.");
        _ = new SendCommand(command, parts);
        return command;
    }

    private void Check(CommandResult result)
    {
        if (result.GetResult(_rest) is not { Tokens: { Count: > 1 } words })
            return;
        foreach (var receiver in words.SkipLast(1).Select(word => word.Value).Where(receiver => !UserId.TryParse(receiver, out _) && !AgentKey.TryParse(receiver, out _)))
            result.AddError($"to: '{PlainText.Of(receiver)}' is neither a user nor TENANT:USER");
        if (result.GetResult(_await) is not null && words.Count > 2)
            result.AddError("--await: for a message to one agent");
        if (result.GetResult(_key) is { Tokens: [{ Value: var key }] } && (key.Length is 0 or > MaxKeyLength || key.AsSpan().ContainsAnyExceptInRange('!', '~')))
            result.AddError($"--key: 1 to {MaxKeyLength} visible ASCII characters");
    }

    private async Task<int> SendAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var words = parsed.GetRequiredValue(_rest);
        var seconds = parsed.GetValue(_await);
        var order = new MailOrder(words[..^1], words[^1], seconds, parsed.GetValue(_replyTo));
        var request = new GatewayRequest(HttpMethod.Post, "send", parsed.GetValue(_from))
        {
            Body = JsonSerializer.SerializeToUtf8Bytes(order, CliJson.Wire.MailOrder),
            IdempotencyKey = parsed.GetValue(_key) ?? _parts.NewKey(),
            Wait = TimeSpan.FromSeconds(seconds ?? 0),
        };
        using var client = new GatewayClient(_gateway.Read(parsed, _parts), _parts);
        var body = await client.AskAsync(request, cancellationToken);
        var sent = GatewayClient.Read(body, CliJson.Wire.SentDocument);
        if (parsed.GetValue(_json))
            await _parts.Output.WriteLineAsync(ServerText.Of(body));
        else
            await WriteAsync(sent, seconds);
        return sent is { State: not null, Reply: null } or { Reply.Failure: not null } ? ExitCodes.Refused : ExitCodes.Done;
    }

    // The answer alone is output, so that a script has it; of a message that is under way the ids.
    private async Task WriteAsync(SentDocument sent, int? seconds)
    {
        if (sent.Reply is { Failure: null } reply)
        {
            await _parts.Error.WriteLineAsync($"{PlainText.Of(reply.From)} answers:");
            await _parts.Output.WriteLineAsync(PlainText.Of(reply.Content, keepsLines: true));
        }
        else if (sent.Reply is { Failure: { } failure } none)
        {
            await _parts.Error.WriteLineAsync($"{PlainText.Of(none.From)} does not answer: {PlainText.Of(failure)}: {PlainText.Of(none.Content)}");
        }
        else if (sent.State is { } state)
        {
            await _parts.Error.WriteLineAsync($"message {PlainText.Of(sent.MessageId)} is {PlainText.Of(state)}: {PlainText.Of(sent.Code ?? "no code")}: {PlainText.Of(sent.Detail ?? "")}");
        }
        else
        {
            foreach (var id in sent.MessageIds ?? [sent.MessageId])
                await _parts.Output.WriteLineAsync(PlainText.Of(id));
            await _parts.Error.WriteLineAsync(seconds is null
                ? "sent, and under way"
                : string.Create(CultureInfo.InvariantCulture, $"sent, and not answered within {seconds} s; the answer will be in the inbox"));
        }
    }
}
