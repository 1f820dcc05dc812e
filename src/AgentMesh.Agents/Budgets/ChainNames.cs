namespace AgentMesh.Agents.Budgets;

/// <summary>Names of networks, tokens and accounts of EVM chains, in the one form in which they are compared: hex digits in lower case.</summary>
internal static class ChainNames
{
    private const string Namespace = "eip155:";
    private const string TokenKind = "/erc20:";

    /// <summary>CAIP-2 allows 32 characters behind the namespace.</summary>
    private const int ChainDigits = 32;

    /// <summary>"0x" and 20 bytes.</summary>
    private const int AddressLength = 42;

    /// <summary>CAIP-2, <c>eip155:84532</c>.</summary>
    internal static bool IsNetwork(string text) =>
        text.StartsWith(Namespace, StringComparison.Ordinal)
        && text.Length - Namespace.Length is >= 1 and <= ChainDigits
        && text[Namespace.Length] != '0'
        && !text.AsSpan(Namespace.Length).ContainsAnyExceptInRange('0', '9');

    /// <summary>An address: <c>0x</c> and 40 hex digits in either case; null when it is none.</summary>
    internal static string? Account(string text) =>
        text.Length == AddressLength && text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && text.AsSpan(2).IndexOfAnyExcept(HexDigits) < 0
            ? text.ToLowerInvariant()
            : null;

    /// <summary>CAIP-19 of a token, <c>eip155:84532/erc20:0x…</c>; null when it is none.</summary>
    internal static string? Asset(string text)
    {
        var kind = text.IndexOf(TokenKind, StringComparison.Ordinal);
        return kind > 0 && IsNetwork(text[..kind]) && Account(text[(kind + TokenKind.Length)..]) is { } contract ? text[..(kind + TokenKind.Length)] + contract : null;
    }

    /// <summary>The network of a token.</summary>
    internal static string NetworkOf(string asset) => asset[..asset.IndexOf('/', StringComparison.Ordinal)];

    private static ReadOnlySpan<char> HexDigits => "0123456789abcdefABCDEF";
}
