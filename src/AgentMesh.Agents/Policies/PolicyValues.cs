using System.Collections.Immutable;
using System.Text.Json;
using AgentMesh.Agents.Budgets;

namespace AgentMesh.Agents.Policies;

/// <summary>Reads the values of conditions.</summary>
internal static class PolicyValues
{
    internal static ImmutableArray<string> Assets(JsonElement value, string at, PolicyFaults faults) =>
        List(value, at, faults, (string text, out string asset) => (asset = ChainNames.Asset(text)!) is not null, "a token's CAIP-19, such as eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e");

    internal static ImmutableArray<string> Accounts(JsonElement value, string at, PolicyFaults faults) =>
        List(value, at, faults, (string text, out string account) => (account = ChainNames.Account(text)!) is not null, "an address, 0x and 40 hex digits");

    internal static ImmutableArray<string> Networks(JsonElement value, string at, PolicyFaults faults) =>
        List(value, at, faults, (string text, out string network) => ChainNames.IsNetwork(network = text), "a network's CAIP-2, such as eip155:84532");

    internal static ImmutableArray<HostPattern> Hosts(JsonElement value, string at, PolicyFaults faults) =>
        List<HostPattern>(value, at, faults, HostPattern.TryParse, "a host without port, or *. and a domain of two labels at least");

    /// <summary>A whole number, also one that is written as 1.0, which for JSON Schema is one; null when it is none.</summary>
    internal static int? WholeNumber(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number) && number == decimal.Truncate(number) && number is >= 0 and <= int.MaxValue
            ? (int)number
            : null;

    internal static UInt128? Amount(JsonElement value, string at, PolicyFaults faults)
    {
        if (value.ValueKind == JsonValueKind.String && AtomicAmount.TryParse(value.GetString(), out var amount))
            return amount;
        faults.Add(at, "must be a text of decimal digits, atomic units below 2^128, without a leading zero.");
        return null;
    }

    internal static bool? Flag(JsonElement value, string at, PolicyFaults faults)
    {
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return value.GetBoolean();
        faults.Add(at, "must be true or false.");
        return null;
    }

    internal static Velocity? Velocity(JsonElement value, string at, PolicyFaults faults)
    {
        if (!faults.Expect(value, JsonValueKind.Object, at, "an object"))
            return null;
        TimeSpan? window = null;
        int? payments = null;
        UInt128? amount = null;
        foreach (var member in value.EnumerateObject())
        {
            var here = $"{at}/{PolicyFaults.Escape(member.Name)}";
            switch (member.Name)
            {
                case PolicyWords.Window:
                    window = Window(member.Value, here, faults);
                    break;
                case PolicyWords.Payments:
                    payments = Payments(member.Value, here, faults);
                    break;
                case PolicyWords.Amount:
                    amount = Amount(member.Value, here, faults);
                    break;
                default:
                    faults.Add(here, "is no member of a velocity.");
                    break;
            }
        }

        if (!value.TryGetProperty(PolicyWords.Window, out _))
            faults.Add($"{at}/{PolicyWords.Window}", "is missing.");
        if (!value.TryGetProperty(PolicyWords.Payments, out _) && !value.TryGetProperty(PolicyWords.Amount, out _))
            faults.Add(at, $"must have {PolicyWords.Payments}, {PolicyWords.Amount} or both.");
        return new Velocity(window ?? PolicyLimits.ShortestWindow, payments, amount);
    }

    private static TimeSpan? Window(JsonElement value, string at, PolicyFaults faults)
    {
        var window = value.ValueKind == JsonValueKind.String ? WindowLength.TryParse(value.GetString()!, PolicyLimits.ShortestWindow, PolicyLimits.LongestWindow) : null;
        if (window is null)
            faults.Add(at, "must be whole minutes or hours from 1m to 24h, such as 90m or 1h.");
        return window;
    }

    private static int? Payments(JsonElement value, string at, PolicyFaults faults)
    {
        if (WholeNumber(value) is >= 1 and <= PolicyLimits.VelocityPayments and var payments)
            return payments;
        faults.Add(at, $"must be a whole number, 1 to {PolicyLimits.VelocityPayments}.");
        return null;
    }

    private static ImmutableArray<T> List<T>(JsonElement value, string at, PolicyFaults faults, TryRead<T> read, string what)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() is < 1 or > PolicyLimits.Values)
        {
            // Not empty: whether that means nothing or anything readers would not agree on.
            faults.Add(at, $"must be an array of 1 to {PolicyLimits.Values} texts.");
            return [];
        }

        var values = ImmutableArray.CreateBuilder<T>(value.GetArrayLength());
        var n = 0;
        foreach (var element in value.EnumerateArray())
        {
            if (element.ValueKind == JsonValueKind.String && read(element.GetString()!, out var one))
                values.Add(one);
            else
                faults.Add($"{at}/{n}", $"must be {what}.");
            n++;
        }

        return values.ToImmutable();
    }

    private delegate bool TryRead<T>(string text, out T value);
}
