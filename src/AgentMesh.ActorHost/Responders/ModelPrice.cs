namespace AgentMesh.ActorHost.Responders;

/// <summary>
/// What a model's tokens cost. Whole numbers only: prices are millionths of a USD micro-unit for one token, because USD for a million
/// tokens is the same number as USD micro-units for one.
/// </summary>
internal readonly record struct ModelPrice
{
    /// <summary>Highest price, in USD for a million tokens.</summary>
    internal const int MaxUsd = 1_000_000;

    private const int Decimals = 6;
    private const long Scale = 1_000_000;

    private readonly long _input;
    private readonly long _output;

    private ModelPrice(long input, long output)
    {
        _input = input;
        _output = output;
    }

    /// <summary>Reads two decimal strings in USD for a million tokens.</summary>
    internal static bool TryParse(string? input, string? output, out ModelPrice price)
    {
        var read = TryParse(input, out var reading) & TryParse(output, out var writing);
        price = read ? new ModelPrice(reading, writing) : default;
        return read;
    }

    /// <summary>The configured model's price; none is 0.</summary>
    internal static ModelPrice Of(ResponderOptions options)
    {
        var row = options.Prices.FirstOrDefault(price => price.Model == options.Model);
        return row is not null && TryParse(row.Input, row.Output, out var found) ? found : default;
    }

    /// <summary>True for a model whose calls cost nothing, or that has no price.</summary>
    internal bool IsFree => this == default;

    /// <summary>USD micro-units, the sum rounded up once. Counts below 0, which no provider should report, are 0.</summary>
    internal long CostMicroUsd(long inputTokens, long outputTokens)
    {
        // The largest product is 2^63 * 10^12, so Int128 holds the sum.
        var scaled = (Int128)Math.Max(inputTokens, 0) * _input + (Int128)Math.Max(outputTokens, 0) * _output;
        return (long)Int128.Min((scaled + Scale - 1) / Scale, long.MaxValue);
    }

    /// <summary>The most tokens that can be written for an amount, after those that are read; no more than <paramref name="atMost"/>.</summary>
    /// <param name="microUsd">USD micro-units.</param>
    /// <param name="inputTokens">Tokens read.</param>
    /// <param name="atMost">The answer where the amount is enough for more.</param>
    internal int OutputTokensFor(long microUsd, long inputTokens, int atMost)
    {
        if (_output == 0)
            return atMost;
        var left = (Int128)microUsd * Scale - (Int128)Math.Max(inputTokens, 0) * _input;
        return (int)Int128.Clamp(left / _output, 0, atMost);
    }

    private static bool TryParse(string? text, out long value)
    {
        value = 0;
        if (string.IsNullOrEmpty(text))
            return false;
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        var (whole, fraction) = dot < 0 ? (text, "") : (text[..dot], text[(dot + 1)..]);
        if (whole.Length is 0 or > 7 || fraction.Length > Decimals || (dot >= 0 && fraction.Length == 0) || !(whole + fraction).All(char.IsAsciiDigit))
            return false;
        foreach (var digit in whole + fraction.PadRight(Decimals, '0'))
            value = (value * 10) + (digit - '0');
        return value <= MaxUsd * Scale;
    }
}
