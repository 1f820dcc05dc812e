using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Payments;

namespace AgentMesh.Agents.Policies;

/// <summary>Writes a policy as its document. Conditions that a rule does not have are left out.</summary>
internal static class PolicyWriter
{
    internal static string Write(SpendingPolicy policy)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber(PolicyWords.Version, SpendingPolicy.Version);
            WriteTexts(json, PolicyWords.Assets, policy.Assets);
            json.WriteStartArray(PolicyWords.Rules);
            foreach (var rule in policy.Rules)
                WriteRule(json, rule);
            json.WriteEndArray();
            json.WriteString(PolicyWords.Default, policy.Default == PolicyEffect.Ask ? PolicyWords.Ask : PolicyWords.Deny);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteRule(Utf8JsonWriter json, PolicyRule rule)
    {
        json.WriteStartObject();
        json.WriteString(PolicyWords.Id, rule.Id);
        json.WriteString(PolicyWords.Effect, rule.Effect switch { PolicyEffect.Allow => PolicyWords.Allow, PolicyEffect.Ask => PolicyWords.Ask, _ => PolicyWords.Deny });
        json.WriteString(PolicyWords.Direction, rule.Direction == PaymentDirection.In ? PolicyWords.In : PolicyWords.Out);
        WriteTexts(json, PolicyWords.Payee, rule.Payees);
        WriteTexts(json, PolicyWords.Host, [.. rule.Hosts.Select(host => host.ToString())]);
        WriteTexts(json, PolicyWords.Asset, rule.Assets);
        WriteTexts(json, PolicyWords.Network, rule.Networks);
        WriteAmount(json, PolicyWords.AmountOver, rule.AmountOver);
        WriteAmount(json, PolicyWords.AmountAtMost, rule.AmountAtMost);
        if (rule.FirstPayee is { } first)
            json.WriteBoolean(PolicyWords.FirstPayee, first);
        WriteVelocity(json, PolicyWords.VelocityOver, rule.VelocityOver);
        WriteVelocity(json, PolicyWords.VelocityAtMost, rule.VelocityAtMost);
        json.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, ImmutableArray<string> texts)
    {
        if (texts.IsEmpty)
            return;
        json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private static void WriteAmount(Utf8JsonWriter json, string name, UInt128? amount)
    {
        if (amount is { } given)
            json.WriteString(name, AtomicAmount.Format(given));
    }

    private static void WriteVelocity(Utf8JsonWriter json, string name, Velocity? velocity)
    {
        if (velocity is null)
            return;
        json.WriteStartObject(name);
        json.WriteString(PolicyWords.Window, WindowLength.Format(velocity.Window));
        if (velocity.Payments is { } payments)
            json.WriteNumber(PolicyWords.Payments, payments);
        WriteAmount(json, PolicyWords.Amount, velocity.AmountAtomic);
        json.WriteEndObject();
    }
}
