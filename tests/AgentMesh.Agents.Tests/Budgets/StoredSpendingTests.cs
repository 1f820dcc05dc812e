using System.Text.Json;
using System.Text.Json.Nodes;
using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Tests.Conversation;

namespace AgentMesh.Agents.Tests.Budgets;

/// <summary>Spending that cannot be read is not taken as none: the ledger is damaged, and its agent spends nothing.</summary>
public sealed class StoredSpendingTests
{
    [Theory]
    [InlineData("slices", "\"\"", true)]
    [InlineData("slices", "\"0:0\"", true)]
    [InlineData("slices", "\"1:5 2:340282366920938463463374607431768211455\"", true)]
    // The last millisecond of the year 9999, and the next.
    [InlineData("slices", "\"253402300799999:1\"", true)]
    [InlineData("slices", "\"253402300800000:1\"", false)]
    [InlineData("slices", "\"1:340282366920938463463374607431768211456\"", false)]
    [InlineData("slices", "\"1:\"", false)]
    [InlineData("slices", "\":1\"", false)]
    [InlineData("slices", "\"1\"", false)]
    [InlineData("slices", "\"-1:1\"", false)]
    [InlineData("slices", "\"1:-1\"", false)]
    [InlineData("slices", "\"1:1;2:1\"", false)]
    [InlineData("slices", "5", false)]
    [InlineData("slices", "null", false)]
    [InlineData("slices", "[]", false)]
    [InlineData("overrun", "null", true)]
    [InlineData("overrun", "\"1:1\"", true)]
    [InlineData("overrun", "\"\"", false)]
    [InlineData("overrun", "1", false)]
    [InlineData("window", "\"once\"", true)]
    [InlineData("window", "\"always\"", false)]
    [InlineData("window", "\"rolling:\"", false)]
    [InlineData("window", "1", false)]
    public void Meter_IsReadOrDamaged(string member, string value, bool isRead)
    {
        var ledger = JsonNode.Parse(JsonSerializer.Serialize(SampleLedger.Fixture, FakeAgent.Json))!;
        ledger["meters"]![0]![member] = JsonNode.Parse(value);
        var error = Record.Exception(() => ledger.Deserialize<Ledger>(FakeAgent.Json));
        if (isRead)
            Assert.Null(error);
        else
            Assert.IsType<JsonException>(error);
    }
}
