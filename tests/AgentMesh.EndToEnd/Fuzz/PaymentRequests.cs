using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentMesh.Evm;
using AgentMesh.Evm.Signing;
using AgentMesh.X402.AspNetCore.Tests.Fakes;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Exact.Evm.Client;
using AgentMesh.X402.Networks;
using AgentMesh.X402.Wire;
using CsCheck;

namespace AgentMesh.EndToEnd.Fuzz;

/// <summary>A payment, to be made when the terms are known: good, with a known mistake, or with a member of it changed; written as it should be, or not.</summary>
/// <param name="Kind">What is wrong with it, for the report.</param>
/// <param name="Version">Of x402.</param>
/// <param name="Mistake">One of <see cref="WrongPayments"/>; null: none.</param>
/// <param name="Edits">Which members are changed, and to what; null: it is taken away.</param>
/// <param name="Coding">How it is written.</param>
/// <param name="Header">In which header; null: over MCP.</param>
/// <param name="Body">What is bought.</param>
internal sealed record PaymentCase(string Kind, int Version, string? Mistake, (int At, string? Value)[] Edits, string Coding, string? Header, byte[] Body);

/// <summary>Payments in headers of both versions of x402, and over MCP.</summary>
internal static class PaymentRequests
{
    /// <summary>The group that all of them are of, as <see cref="HttpCase.GroupOf"/> says it.</summary>
    public const string Group = "x402";

    private const ulong Price = 100_000;
    private const int LongHeader = 40_000;

    private static readonly string[] Mistakes = [.. WrongPayments.All.Select(row => row.Data.Item1)];

    private static readonly Gen<string?> Values = Gens.Mix(
        (5, Evil.Json.Select(text => (string?)text)),
        (1, Gen.Const((string?)null)),
        (3, Gens.Of<string?>(
            "\"0\"", "\"-1\"", "\"100001\"", "\"99999\"", "\"115792089237316195423570985008687907853269984665640564039457584007913129639936\"", "\"1e5\"", "\"0x186a0\"", "\"00100000\"", "\" 100000\"", "100000", "\"base\"", "\"base-sepolia\"", "\"eip155:1\"",
            "\"eip155:84532\"", "\"eip155:99999999999999999999\"", "\"solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp\"", "\"exact\"", "\"upto\"", "\"0x0000000000000000000000000000000000000000\"", "\"0x036CbD53842c5426634e7929541eC2318f3dCF7E\"", "\"0x\"", "\"0xzz\"", "1", "2", "3", "\"2\"")));

    private static readonly Gen<string> Codings = Gens.Mix((12, Gen.Const("base64")), (1, Gens.Of("url", "unpadded", "spaces", "twice", "plain", "cut", "letters", "empty", "long", "lines", "hex")));

    private static readonly Gen<string?> Headers = Gens.Mix(
        (8, Gen.Const((string?)"right")), (1, Gen.Const((string?)"other")), (1, Gen.Const((string?)"both")), (1, Gen.Const((string?)"doubled")), (6, Gen.Const((string?)null)));

    private static readonly Gen<byte[]> Bodies = Gens.Mix((6, Gens.Of("{\"query\":\"is it so?\"}"u8.ToArray(), "{\"query\":\"a\"}"u8.ToArray())), (1, Evil.Json.Select(Encoding.UTF8.GetBytes)), (1, Evil.Json.Select(text => Encoding.UTF8.GetBytes($"{{\"query\":{text}}}"))));

    public static Gen<PaymentCase> All { get; } = Gens.Mix(
        (1, Gen.Select(Gens.Of(1, 2), Headers, Bodies, (version, header, body) => new PaymentCase("x402~good", version, null, [], "base64", header, body))),
        (5, Gen.Select(Gens.Of(1, 2), Gens.Of(Mistakes), Codings, Headers, Bodies, (version, mistake, coding, header, body) => new PaymentCase($"x402~{mistake}", version, mistake, [], coding, header, body))),
        (12, Gen.Select(Gens.Of(1, 2), Gen.Select(Gen.Int[0, 40], Values).Array[1, 2], Codings, Headers, Bodies, (version, edits, coding, header, body) => new PaymentCase("x402~changed", version, null, edits, coding, header, body))),
        (2, Gen.Select(Gens.Of(1, 2), Codings, Headers, Evil.Bytes, Bodies, (version, coding, header, _, body) => new PaymentCase("x402~written otherwise", version, null, [], coding, header, body))));

    /// <summary>The request, to the agent whose terms they are.</summary>
    /// <param name="made">What to make.</param>
    /// <param name="terms">The terms, of its version.</param>
    /// <param name="buyer">Who pays.</param>
    public static HttpCase ToRequest(PaymentCase made, PaymentRequired terms, EvmKey buyer)
    {
        var (header, value) = Sign(made, terms, buyer);
        if (made.Edits.Length > 0 && value is not null)
            value = Convert.ToBase64String(Encoding.UTF8.GetBytes(Edit(Encoding.UTF8.GetString(Convert.FromBase64String(value)), made.Edits)));
        if (made.Header is null)
            return OverMcp(made, value);
        value = Write(value ?? "", made.Coding);
        var other = header == PaymentHeaderNames.XPayment ? PaymentHeaderNames.PaymentSignature : PaymentHeaderNames.XPayment;
        (string, string)[] headers = made.Header switch
        {
            "other" => [(other, value)],
            "both" => [(header, value), (other, value)],
            "doubled" => [(header, value), (header, value)],
            _ => [(header, value)],
        };
        return new HttpCase($"{made.Kind}, version {made.Version}, {made.Coding}, {made.Header}", "POST", $"/agent/{HttpCase.User}/premium/analysis", [("Host", "localhost"), ("Content-Type", "application/json"), .. headers], made.Body);
    }

    private static (string Header, string? Value) Sign(PaymentCase made, PaymentRequired terms, EvmKey buyer)
    {
        if (made.Mistake is { } mistake && WrongPayments.All.First(row => row.Data.Item1 == mistake).Data is var (_, v1, v2) && (made.Version == 1 ? v1 : v2) is not null)
            return WrongPayments.Make(mistake, terms, buyer, DateTimeOffset.UtcNow);
        var choice = PaymentChooser.Choose(terms, new PaymentPolicy { Caps = [new SpendingCap(KnownAssets.UsdcOnBaseSepolia, (UInt256)Price)] });
        var signed = PaymentSigner.Sign(terms, choice.Value!, buyer, RandomNumberGenerator.Create(), DateTimeOffset.UtcNow).Value!;
        return (signed.HeaderName, signed.HeaderValue);
    }

    private static HttpCase OverMcp(PaymentCase made, string? value)
    {
        var payment = "null";
        if (value is not null)
        {
            var text = IsBase64(value) ? Encoding.UTF8.GetString(Convert.FromBase64String(value)) : value;
            payment = made.Coding switch { "plain" => JsonSerializer.Serialize(text), "base64" => text, _ => JsonSerializer.Serialize(Write(value, made.Coding)) };
        }

        var body = $$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"premium_analysis","arguments":{{{Encoding.UTF8.GetString(made.Body)}}} ,"_meta":{"x402/payment":{{{payment}}} } } }""";
        return new HttpCase(
            $"MCP {made.Kind}, version {made.Version}, {made.Coding}", "POST", $"/agent/{HttpCase.User}/mcp",
            [("Host", "localhost"), ("Content-Type", "application/json"), ("Accept", "application/json, text/event-stream"), ("MCP-Protocol-Version", "2025-06-18")], Encoding.UTF8.GetBytes(body));
    }

    private static bool IsBase64(string text) => Convert.TryFromBase64String(text, new byte[text.Length], out _);

    private static string Edit(string text, (int At, string? Value)[] edits)
    {
        JsonNode json;
        try
        {
            json = JsonNode.Parse(text)!;
        }
        catch (JsonException)
        {
            return text;
        }

        var places = new List<(JsonObject Owner, string Member)>();
        Collect(json);
        for (var n = 0; n < edits.Length; n++)
        {
            var (owner, member) = places[edits[n].At % places.Count];
            if (edits[n].Value is null)
                owner.Remove(member);
            else
                owner[member] = $"@{n}@";
        }

        // As it is, whether it is JSON or not.
        var written = json.ToJsonString();
        for (var n = 0; n < edits.Length; n++)
            written = written.Replace($"\"@{n}@\"", edits[n].Value, StringComparison.Ordinal);
        return written;

        void Collect(JsonNode? node)
        {
            if (node is not JsonObject owner)
                return;
            foreach (var (name, value) in owner)
            {
                places.Add((owner, name));
                Collect(value);
            }
        }
    }

    private static string Write(string value, string coding) => coding switch
    {
        "url" => value.Replace('+', '-').Replace('/', '_'),
        "unpadded" => value.TrimEnd('='),
        "spaces" => string.Join(' ', value.Chunk(60).Select(part => new string(part))),
        "lines" => string.Join("\r\n ", value.Chunk(60).Select(part => new string(part))),
        "twice" => Convert.ToBase64String(Encoding.ASCII.GetBytes(value)),
        "plain" => IsBase64(value) ? Encoding.Latin1.GetString(Convert.FromBase64String(value)).ReplaceLineEndings("") : value,
        "cut" => value[..(value.Length / 2)],
        "letters" => $"{value}\u00e9!",
        "empty" => "",
        "long" => $"{value}{new string('A', LongHeader)}",
        "hex" => Convert.ToHexString(Encoding.ASCII.GetBytes(value)),
        _ => value,
    };
}
