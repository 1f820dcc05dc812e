using System.Reflection;
using System.Runtime.CompilerServices;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.ApiKeys;
using AgentMesh.Contracts.Audit;
using AgentMesh.Contracts.Payments;
using AgentMesh.Contracts.Tenants;
using AgentMesh.Contracts.Topics;
using AgentMesh.ServiceDefaults.Problems;

namespace AgentMesh.Gateway.Tests.Edge;

public sealed class RefusalTableTests
{
    [Fact]
    public void EveryCode_HasItsRow_AndEveryRowItsCode() =>
        Assert.Equal(
            new[] { typeof(AgentRefusals), typeof(ApiKeyCodes), typeof(AuditCodes), typeof(EdgeRefusals), typeof(MailCodes), typeof(PaymentRefusals), typeof(PolicyRefusals), typeof(PurchaseCodes), typeof(QuotaRefusals), typeof(SpendingRefusals), typeof(TicketCodes), typeof(TopicCodes) }.SelectMany(Codes).Order(),
            ProblemTypes.All.Keys.Order());

    [Fact]
    public void EveryEdgeCode_IsDocumentedWithItsStatus()
    {
        foreach (var code in Codes(typeof(EdgeRefusals)))
            Assert.Contains($"| `{code}` | {ProblemTypes.Of(code).Status} |", Document(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(typeof(MailCodes))]
    [InlineData(typeof(ApiKeyCodes))]
    [InlineData(typeof(TicketCodes))]
    [InlineData(typeof(AuditCodes))]
    [InlineData(typeof(QuotaRefusals))]
    public void EveryCodeOfAnActor_IsDocumentedWithItsStatus(Type codes)
    {
        foreach (var code in Codes(codes))
            Assert.Contains($"| `{code}` ({ProblemTypes.Of(code).Status}) |", Document(), StringComparison.Ordinal);
    }

    private static string Document() => File.ReadAllText(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../../docs/refusals.md"));

    private static IEnumerable<string> Codes(Type type) =>
        type.GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!);

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
