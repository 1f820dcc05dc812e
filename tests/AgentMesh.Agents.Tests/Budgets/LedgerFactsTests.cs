using System.Text.Json;
using AgentMesh.Agents.Budgets;

namespace AgentMesh.Agents.Tests.Budgets;

/// <summary>What the event log has of holds.</summary>
public sealed class LedgerFactsTests
{
    private readonly FakeLedger _agent = new();

    /// <summary>Every state of a payment is told, each once; nothing is told of models, whose turns are in the log.</summary>
    [Theory]
    [InlineData(HoldKind.Payment, "hold", "held 20")]
    [InlineData(HoldKind.Payment, "hold hold", "held 20")]
    [InlineData(HoldKind.Payment, "hold unknown", "held 20, unknown 20")]
    [InlineData(HoldKind.Payment, "hold unknown unknown", "held 20, unknown 20")]
    [InlineData(HoldKind.Payment, "hold void", "held 20, voided 20")]
    [InlineData(HoldKind.Payment, "hold void void", "held 20, voided 20")]
    [InlineData(HoldKind.Payment, "hold post", "held 20, posted 15")]
    [InlineData(HoldKind.Payment, "hold post post", "held 20, posted 15")]
    [InlineData(HoldKind.Payment, "hold unknown post", "held 20, unknown 20, posted 15")]
    [InlineData(HoldKind.Model, "hold unknown post", "")]
    [InlineData(HoldKind.Delegation, "hold post", "")]
    public void Log_HasEveryStateOfAPayment(HoldKind kind, string words, string told)
    {
        var log = new List<string>();
        foreach (var word in words.Split(' '))
        {
            var step = word switch { "hold" => _agent.Hold("one", 20, kind), "post" => _agent.Post("one", 15), "void" => _agent.Void("one"), _ => _agent.MarkUnknown("one") };
            Assert.Null(step.Refusal);
            log.AddRange(_agent.Facts.Select(fact => JsonDocument.Parse(fact.Data).RootElement)
                .Select(data => $"{data.GetProperty("state")} {data.GetProperty("amount")}"));
        }

        Assert.Equal(told, string.Join(", ", log));
    }
}
