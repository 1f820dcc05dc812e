using System.CommandLine;
using AgentMesh.Cli.Meshes;
using AgentMesh.Cli.Terminal;
using AgentMesh.Evm;
using AgentMesh.Primitives;
using AgentMesh.X402.Networks;

namespace AgentMesh.Cli.Funding;

/// <summary><c>fund</c>: simulated USDC for an agent's wallet.</summary>
internal static class FundCommand
{
    /// <summary>10 USDC.</summary>
    private static readonly UInt256 DefaultAmountAtomic = 10_000_000UL;

    public static Command Create(CliParts parts)
    {
        var command = new Command("fund", "Give an agent's wallet simulated USDC, from the faucet of the facilitator of this machine.");
        var user = CliOptions.User();
        var amount = CliOptions.Usdc("--amount", "How much. Default: 10.");
        command.Add(user);
        command.Add(amount);
        var mesh = new MeshOptions(command);
        var token = new TokenOption(command, "the owner's");
        command.SetAction((parsed, cancellationToken) =>
        {
            var place = mesh.Read(parsed, parts);
            return FundAsync(
                parsed.GetValue(user), parsed.GetValue(amount) ?? DefaultAmountAtomic, place, new GatewayPlace(place.Gateway, token.Read(parsed, parts, [place.Gateway]), null), parts,
                cancellationToken);
        });
        return command;
    }

    private static async Task<int> FundAsync(UserId user, UInt256 amount, MeshPlace mesh, GatewayPlace gateway, CliParts parts, CancellationToken cancellationToken)
    {
        if (mesh.Facilitator is not { } place)
            throw new CliException(FaucetRefusals.None.Detail, ExitCodes.Refused);
        var wallet = await AgentWallet.FindAsync(gateway, user, parts, cancellationToken);
        using var facilitator = new SimulatedFacilitator(place, parts);
        var given = await facilitator.GiveAsync(wallet, amount, token: null, cancellationToken);
        if (given.IsRefused)
            throw new CliException(given.Refusal.Detail, given.Refusal.Code == FaucetRefusals.FaucetUnreached ? ExitCodes.Failed : ExitCodes.Refused);
        var gift = given.Value;
        await parts.Output.WriteLineAsync(
            $"gave {Usdc(gift.Amount)} simulated USDC on {PlainText.Of(gift.Network)} to {user}'s wallet {wallet}, which has {Usdc(gift.Balance)} now\n"
            + $"transaction {PlainText.Of(gift.Transaction)}");
        return ExitCodes.Done;
    }

    private static string Usdc(string amountAtomic) => DecimalAmount.Format(UInt256.Parse(amountAtomic), CliOptions.UsdcDecimals);
}
