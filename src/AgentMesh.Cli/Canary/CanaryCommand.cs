using System.CommandLine;
using System.Security.Cryptography;
using AgentMesh.Cli.Meshes;
using AgentMesh.Cli.Terminal;

namespace AgentMesh.Cli.Canary;

/// <summary><c>canary</c>: whether anybody gets to see what is another's, tried on a running mesh with agents of its own.</summary>
internal static class CanaryCommand
{
    private const int MaxOperations = 10_000_000;
    private const int DefaultOperations = 10_000;
    private const int DefaultConnections = 16;
    private const int DefaultUsers = 8;
    private const int DefaultSeed = 1;

    public static Command Create(CliParts parts)
    {
        var command = new Command(
            "canary",
            "Try whether anybody gets to see what is another's: two tenants, texts that are nowhere by chance, and what owners and intruders do. "
                + "With the operator's key it makes tenants of its own, and removes them in the end.");
        var urls = new Option<Uri[]>("--url")
        {
            Description = $"A gateway; several for several of one mesh. Default: {MeshPlace.DefaultGateway}.",
            HelpName = "URL",
            CustomParser = result => [.. result.Tokens.Select(token => Uri.TryCreate(token.Value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url : Wrong(result, token.Value))],
        };
        var operations = CliOptions.Number("--operations", "N", 1, MaxOperations, $"How many operations. Default: {DefaultOperations}.");
        var connections = CliOptions.Number("--connections", "N", 1, 256, $"How many at a time. Default: {DefaultConnections}.");
        var users = CliOptions.Number("--users", "N", 2, 500, $"Users of each tenant. Default: {DefaultUsers}.");
        var seed = CliOptions.Number("--seed", "N", 0, int.MaxValue - 1000, $"Chooses the operations. Default: {DefaultSeed}.");
        var owners = CliOptions.Path("--owners", "FILE", "Owners that there are, two tenants or more with two users or more each: lines of tenant, user and token. For a mesh whose tokens another issuer makes. Their agents are used, and not erased.");
        var logs = new Option<string[]>("--log") { Description = "A file of logs in which none of the texts may be; several are read.", HelpName = "FILE" };
        foreach (var option in (Option[])[urls, operations, connections, users, seed, owners, logs])
            command.Add(option);
        var token = new TokenOption(command, "the operator's");
        command.SetAction((parsed, cancellationToken) =>
        {
            Uri[] gateways = parsed.GetValue(urls) is { Length: > 0 } given ? given : [MeshPlace.Default.Gateway];
            var options = new CanaryOptions(
                gateways, parsed.GetValue(operations) ?? DefaultOperations, parsed.GetValue(connections) ?? DefaultConnections, parsed.GetValue(users) ?? DefaultUsers, parsed.GetValue(seed) ?? DefaultSeed,
                [.. (parsed.GetValue(logs) ?? []).Select(parts.At)]);
            return RunAsync(options, token.Read(parsed, parts, gateways), parsed.GetValue(owners) is { } file ? parts.At(file) : null, parts, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(CanaryOptions options, string? key, string? owners, CliParts parts, CancellationToken cancellationToken)
    {
        var markers = new MarkerBook(parts.Random);
        var owned = new CanaryOwners(options.Gateways[0], key, parts);
        var agents = owners is null ? await owned.MakeAsync(Suffix(parts.Random), options.UsersPerTenant, cancellationToken) : CanaryOwners.Read(owners);
        if (agents[0].Token is null)
            await parts.Error.WriteLineAsync($"note: without {TokenOption.Variable}, --token-file or --owners everybody is everybody's owner, as in Development, so nobody is let out: only whether agents are mixed up is tried");
        try
        {
            // Told before anything is removed: that may fail too.
            var report = await new CanaryRun(options, agents, markers, parts).RunAsync(cancellationToken);
            foreach (var failure in report.Failures)
                await parts.Error.WriteLineAsync($"failed: {failure}");
            return report.IsClean ? ExitCodes.Done : ExitCodes.Failed;
        }
        finally
        {
            if (owners is null)
                await owned.EndAsync(agents, CancellationToken.None);
        }
    }

    private static string Suffix(RandomNumberGenerator random)
    {
        var bytes = new byte[4];
        random.GetBytes(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    private static Uri Wrong(System.CommandLine.Parsing.ArgumentResult result, string text)
    {
        result.AddError($"--url: '{text}' is not an address like http://127.0.0.1:8080");
        return MeshPlace.Default.Gateway;
    }
}
