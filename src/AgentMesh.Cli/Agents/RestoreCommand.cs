using System.CommandLine;
using System.Globalization;
using AgentMesh.Cli.Meshes;
using AgentMesh.Cli.Terminal;
using AgentMesh.Primitives;

namespace AgentMesh.Cli.Agents;

/// <summary><c>restore</c>: makes an agent from an export, over <c>/admin/agents/{user}/restore</c>. One that has been used is not touched.</summary>
internal sealed class RestoreCommand
{
    /// <summary>More than any export takes.</summary>
    private static readonly TimeSpan LongestUpload = TimeSpan.FromHours(24);

    private readonly CliParts _parts;
    private readonly Argument<UserId> _user = CliOptions.User(description: "Whose agent it becomes: one that was never used, or has been deleted.");
    private readonly Argument<string> _file = new("file") { Description = "The export, as GET /agent/{user}/export wrote it." };
    private readonly Option<bool> _json = CliOptions.Json("Print the gateway's document.");
    private readonly GatewayOptions _gateway;

    private RestoreCommand(Command command, CliParts parts)
    {
        _parts = parts;
        command.Add(_user);
        command.Add(_file);
        command.Add(_json);
        _gateway = new GatewayOptions(command, "the admin's");
        command.SetAction(RestoreAsync);
    }

    public static Command Create(CliParts parts)
    {
        var command = new Command("restore", "Make an agent from an export, as an admin. One that has been used is not touched: export and delete it first.");
        _ = new RestoreCommand(command, parts);
        return command;
    }

    private async Task<int> RestoreAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var user = parsed.GetValue(_user);
        using var client = new GatewayClient(_gateway.Read(parsed, _parts), _parts);
        await using var file = Open(_parts.At(parsed.GetRequiredValue(_file)));
        using var bar = new ProgressBar(_parts, $"restoring {user}, bytes", file.Length);
        using var export = new ExportContent(file, bar);
        var body = await client.AskAsync(
            new GatewayRequest(HttpMethod.Post, $"admin/agents/{user}/restore") { Upload = export, Wait = LongestUpload }, cancellationToken);
        bar.Dispose();
        var restored = GatewayClient.Read(body, CliJson.Wire.RestoreDocument);
        if (parsed.GetValue(_json))
        {
            await _parts.Output.WriteLineAsync(ServerText.Of(body));
            return ExitCodes.Done;
        }

        var counts = restored.Restored.Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Value:N0} {PlainText.Of(one.Key)}"));
        await _parts.Output.WriteLineAsync($"{PlainText.Of(restored.UserId)} is restored: {string.Join(", ", counts)}");
        if (restored.WalletAddress is { } wallet)
            await _parts.Output.WriteLineAsync($"its wallet is a new one: {PlainText.Of(wallet)}");
        foreach (var left in restored.NotRestored)
            await _parts.Output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"not restored: {left.Count:N0} {PlainText.Of(left.Kind)}: {PlainText.Of(left.Why)}"));
        return ExitCodes.Done;
    }

    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.Asynchronous | FileOptions.SequentialScan);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new CliException($"the export is not read: {fault.Message}", ExitCodes.Usage);
        }
    }
}

/// <summary>An agent that was made from an export, as the gateway tells it.</summary>
/// <param name="UserId">Whose.</param>
/// <param name="WalletAddress">Of its wallet; null: it has none.</param>
/// <param name="Restored">How much of each kind is there now.</param>
/// <param name="NotRestored">What of the export is not.</param>
internal sealed record RestoreDocument(string UserId, string? WalletAddress, IReadOnlyDictionary<string, int> Restored, IReadOnlyList<NotRestoredDocument> NotRestored)
    : ICheckedDocument
{
    /// <inheritdoc/>
    public bool IsReadable() => !NotRestored.Contains(null!);
}

/// <summary>What of an export was not restored.</summary>
/// <param name="Kind">The kind of its lines.</param>
/// <param name="Count">How many.</param>
/// <param name="Why">Why.</param>
internal sealed record NotRestoredDocument(string Kind, int Count, string Why);
