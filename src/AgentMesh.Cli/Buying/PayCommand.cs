using System.CommandLine;
using System.Globalization;
using AgentMesh.Cli.Meshes;
using AgentMesh.Cli.Terminal;
using AgentMesh.Evm;
using AgentMesh.X402.Networks;

namespace AgentMesh.Cli.Buying;

/// <summary><c>pay</c>: the options, and what goes with what.</summary>
internal sealed class PayCommand
{
    private const int DefaultPatienceSeconds = 60;
    private const int MaxPatienceSeconds = 3_600;
    private const int PaymentIdDigits = 64;

    /// <summary>1 USDC.</summary>
    private static readonly UInt256 DefaultMaxAtomic = 1_000_000UL;

    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];

    private readonly CliParts _parts;
    private readonly Argument<string?> _url = new("url") { Description = "What is bought: a URL, or a path of the gateway like /agent/alice/premium/analysis.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _method = new("--method") { Description = "The method. Default: POST with a body, else GET.", HelpName = string.Join('|', Methods) };
    private readonly Option<string?> _body = new("--body") { Description = "The body.", HelpName = "JSON" };
    private readonly Option<string?> _bodyFile = CliOptions.Path("--body-file", "FILE", "The file of the body, JSON.");
    private readonly Option<UInt256?> _max = CliOptions.Usdc("--max", "The most that is paid. Nothing is signed for more. Default: 1.");

    private readonly Option<string> _network = new("--network")
    {
        Description = "The network whose USDC is paid with. Real money is on others than the default.",
        HelpName = "EIP155",
        DefaultValueFactory = _ => EvmNetwork.BaseSepolia.ToString(),
    };

    private readonly Option<string?> _keyFile = CliOptions.Path("--key-file", "FILE", $"The file of the buyer's key, made if it is not there. Default: ~/{BuyerKey.DefaultFile}.");

    private readonly Option<string?> _resume = new("--resume")
    {
        Description = "Send an unfinished payment again, the only one, or the one whose id begins so.",
        HelpName = "ID",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<bool> _anew = new("--new") { Description = "Sign another payment although an earlier one for the same request is not over: both may be paid." };
    private readonly Option<int> _patience = new("--wait") { Description = "How long an unknown outcome is asked for again.", HelpName = "SECONDS", DefaultValueFactory = _ => DefaultPatienceSeconds };
    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON object in place of lines for people." };
    private readonly MeshOptions _mesh;

    private PayCommand(Command command, CliParts parts)
    {
        _parts = parts;
        _method.AcceptOnlyFromAmong(Methods);
        _network.AcceptOnlyFromAmong([.. KnownAssets.All.Select(asset => asset.Network.ToString())]);
        command.Add(_url);
        foreach (var option in (Option[])[_method, _body, _bodyFile, _max, _network, _keyFile, _resume, _anew, _patience, _json])
            command.Add(option);
        _mesh = new MeshOptions(command);
        command.Validators.Add(Check);
        command.SetAction((parsed, cancellationToken) => new PayRun(Read(parsed), _parts).RunAsync(cancellationToken));
    }

    public static Command Create(CliParts parts)
    {
        var command = new Command("pay", "Request something, and pay for it when it is asked for, with x402: simulated USDC unless --network says otherwise.");
        _ = new PayCommand(command, parts);
        return command;
    }

    private void Check(System.CommandLine.Parsing.CommandResult result)
    {
        var isResumed = result.GetResult(_resume) is not null;
        if (isResumed == (result.GetResult(_url) is { Tokens.Count: > 0 }))
            result.AddError("pay: name what is bought, a URL or a path like /agent/alice/premium/analysis, or --resume alone");
        if (result.GetResult(_body) is not null && result.GetResult(_bodyFile) is not null)
            result.AddError("pay: --body and --body-file are both there");
        if (isResumed && (result.GetResult(_body) ?? result.GetResult(_bodyFile) ?? result.GetResult(_method) ?? result.GetResult(_anew)) is not null)
            result.AddError("pay: --resume sends what is stored: without --method, --body, --body-file and --new");
        if (result.GetResult(_resume) is { Tokens: [{ Value: var id }] } && !IsIdStart(id))
            result.AddError($"--resume: '{PlainText.Of(id)}' is not the beginning of a payment's id");
        if (result.GetResult(_patience) is { Tokens: [{ Value: var text }] }
            && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= MaxPatienceSeconds))
        {
            result.AddError($"--wait: '{PlainText.Of(text)}' is not 0 to {MaxPatienceSeconds} seconds");
        }
    }

    private static bool IsIdStart(string text) => text.Length is > 0 and <= PaymentIdDigits && text.All(char.IsAsciiHexDigitLower);

    private PayOptions Read(ParseResult parsed)
    {
        var mesh = _mesh.Read(parsed, _parts);
        return new PayOptions
        {
            Request = parsed.GetValue(_url) is { } url
                ? PayRequestReader.Read(url, mesh.Gateway, parsed.GetValue(_method), parsed.GetValue(_body), parsed.GetValue(_bodyFile) is { } file ? _parts.At(file) : null)
                : null,
            Resume = parsed.GetValue(_resume) ?? "",
            Mesh = mesh,
            MaxAmountAtomic = parsed.GetValue(_max) ?? DefaultMaxAtomic,
            Network = EvmNetwork.Parse(parsed.GetValue(_network)!),
            KeyFile = _parts.At(parsed.GetValue(_keyFile) ?? Path.Combine(_parts.Home, BuyerKey.DefaultFile)),
            AsJson = parsed.GetValue(_json),
            PaysAnew = parsed.GetValue(_anew),
            Patience = TimeSpan.FromSeconds(parsed.GetValue(_patience)),
        };
    }
}
