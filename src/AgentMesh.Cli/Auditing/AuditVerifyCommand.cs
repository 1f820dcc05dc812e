using System.CommandLine;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using AgentMesh.Cli.Meshes;
using AgentMesh.Cli.Terminal;
using AgentMesh.Primitives;
using AgentMesh.Primitives.Audit;

namespace AgentMesh.Cli.Auditing;

/// <summary><c>audit verify</c>: checks a tenant's audit chain, as the gateway tells it or as it was exported. The form is in <c>docs/audit.md</c>.</summary>
internal static class AuditVerifyCommand
{
    public static Command Create(CliParts parts)
    {
        var command = new Command("verify", "Check that nothing of a tenant's audit chain was changed, left out, moved or, since the head that --from-head names, cut off.");
        var file = CliOptions.Path("--file", "FILE", "Answers of GET /admin/audit, one behind the other. Default: asks the gateway for all of them.");
        var head = new Option<AuditHead?>("--from-head")
        {
            Description = "A head that was printed before. The chain has to have it, and may begin behind it.",
            HelpName = "NUMBER:HASH",
            CustomParser = result =>
            {
                var text = result.Tokens.Single().Value;
                if (AuditHead.TryParse(text, out var known))
                    return known;
                result.AddError($"--from-head: '{text}' is not a number, a colon and 64 hexadecimal digits");
                return null;
            },
        };
        command.Add(file);
        command.Add(head);
        var admin = new GatewayOptions(command, "the admin's");
        command.SetAction((parsed, cancellationToken) => VerifyAsync(
            parsed.GetValue(file) is { } path ? ReadFileAsync(parts.At(path)) : AskAsync(admin.Read(parsed, parts), parts, cancellationToken),
            parsed.GetValue(head), parts, cancellationToken));
        return command;
    }

    private static async Task<int> VerifyAsync(IAsyncEnumerable<AuditPage> pages, AuditHead? known, CliParts parts, CancellationToken cancellationToken)
    {
        AuditVerifier? verifier = null;
        AuditPage? last = null;
        await foreach (var page in pages.WithCancellation(cancellationToken))
        {
            if (!TenantId.TryParse(page.TenantId, out var tenant) || (last is not null && last.TenantId != page.TenantId))
                throw new CliException("an answer is of no tenant, or of another one than the answer before");
            last = page;
            verifier ??= new AuditVerifier(tenant, known);
            foreach (var line in page.Records)
            {
                if ((line.ToRecord() is { } record ? verifier.Check(record) : "its time is malformed") is { } wrong)
                    throw Bad(string.Create(CultureInfo.InvariantCulture, $"record {line.Number}: {wrong}"), verifier);
            }
        }

        if (verifier is null || last is null)
            throw new CliException("there is no answer of GET /admin/audit in the file", ExitCodes.Usage);
        if (verifier.CheckEnd(new AuditHead(last.Head.Number, last.Head.Hash)) is { } cut)
            throw Bad(cut, verifier);
        await parts.Output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"{verifier.Count} records of {last.TenantId} are good, {verifier.Open} of them intents without an outcome\nhead {last.Head.Number}:{last.Head.Hash}"));
        return ExitCodes.Done;
    }

    private static CliException Bad(string wrong, AuditVerifier verifier) =>
        new(PlainText.Of(string.Create(CultureInfo.InvariantCulture, $"the chain is bad behind {verifier.Count} good records: {wrong}")));

    private static async IAsyncEnumerable<AuditPage> AskAsync(GatewayPlace place, CliParts parts, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var client = new GatewayClient(place, parts);
        for (long? after = 0; after is { } number;)
        {
            var page = GatewayClient.Read(
                await client.AskAsync(new GatewayRequest(HttpMethod.Get, "admin/audit") { Query = [("after", number.ToString(CultureInfo.InvariantCulture))] }, cancellationToken), CliJson.Default.AuditPage);
            yield return page;
            // A keeper who says that there is more, and goes nowhere, would be asked without end.
            after = page.Next > number ? page.Next : null;
        }
    }

    private static async IAsyncEnumerable<AuditPage> ReadFileAsync(string path)
    {
        if (!File.Exists(path))
            throw new CliException($"the file {path} is not there", ExitCodes.Usage);
        await using var stream = File.OpenRead(path);
        var pages = JsonSerializer.DeserializeAsyncEnumerable(stream, CliJson.Default.AuditPage, topLevelValues: true).GetAsyncEnumerator();
        await using (pages.ConfigureAwait(false))
        {
            while (await MoveNextAsync(pages, path))
                yield return pages.Current ?? throw NotAnswers(path);
        }
    }

    private static async Task<bool> MoveNextAsync(IAsyncEnumerator<AuditPage?> pages, string path)
    {
        try
        {
            return await pages.MoveNextAsync();
        }
        catch (JsonException)
        {
            throw NotAnswers(path);
        }
    }

    private static CliException NotAnswers(string path) => new($"{path} is not answers of GET /admin/audit, one behind the other", ExitCodes.Usage);
}
