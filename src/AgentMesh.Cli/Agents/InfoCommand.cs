using System.CommandLine;
using System.Globalization;
using AgentMesh.Cli.Budgets;
using AgentMesh.Cli.Meshes;
using AgentMesh.Cli.Terminal;
using AgentMesh.X402.Networks;

namespace AgentMesh.Cli.Agents;

/// <summary><c>info</c>: what is known of an agent.</summary>
internal static class InfoCommand
{
    public static Command Create(CliParts parts)
    {
        var command = new Command("info", "Show an agent: its wallet, what it has, how many messages there are, and its budget.");
        var user = CliOptions.User();
        var json = CliOptions.Json("Print the gateway's document.");
        command.Add(user);
        command.Add(json);
        var gateway = new GatewayOptions(command, "the owner's");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = new GatewayClient(gateway.Read(parsed, parts), parts);
            var body = await client.AskAsync(new GatewayRequest(HttpMethod.Get, "info", parsed.GetValue(user)), cancellationToken);
            var info = GatewayClient.Read(body, CliJson.Wire.InfoDocument);
            await parts.Output.WriteLineAsync(parsed.GetValue(json) ? ServerText.Of(body) : string.Join('\n', Lines(info)));
            return ExitCodes.Done;
        });
        return command;
    }

    private static IEnumerable<string> Lines(InfoDocument info)
    {
        yield return Line("agent", info.UserId);
        yield return Line("messages", info.MessageCount.ToString("N0", CultureInfo.InvariantCulture));
        yield return Line("created", Time(info.CreatedAt));
        yield return Line("last active", Time(info.LastActive));
        yield return Line("wallet", info.WalletAddress ?? "none yet: it is made with the first message");
        if (info.Balance is { } balance)
            yield return Line("balance", $"{balance.Amount} {KnownAssets.Find($"{balance.Network}/erc20:{balance.Asset}")?.Symbol ?? balance.Asset} on {balance.Network}");
        else if (info.BalanceReason is { } reason)
            yield return Line("balance", $"not known: {reason}");
        var label = "budget";
        foreach (var line in BudgetText.Of(info.Budget))
        {
            yield return Line(label, line);
            label = "";
        }
    }

    private static string Line(string label, string text) => $"{label,-12}{PlainText.Of(text)}";

    private static string Time(DateTimeOffset? time) => time is { } at ? string.Create(CultureInfo.InvariantCulture, $"{at:u}") : "never";
}
