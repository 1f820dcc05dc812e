using System.Reflection;
using AgentMesh.Contracts.Payments;
using AgentMesh.X402.Exact.Evm.ResourceServer;

namespace AgentMesh.Payments.Tests.Purchases;

public sealed class SellerCodesTests
{
    /// <summary>The contracts of the mesh and the x402 library know nothing of each other, and a buyer is to hear one word for one thing.</summary>
    [Fact]
    public void WordsOfTheSameName_AreTheSame()
    {
        var ours = WordsOf(typeof(PaymentRefusals));
        var shared = WordsOf(typeof(SellerCodes)).Where(word => ours.ContainsKey(word.Key)).ToArray();
        Assert.Equal(8, shared.Length);
        Assert.All(shared, word => Assert.Equal(ours[word.Key], word.Value));
    }

    private static Dictionary<string, string> WordsOf(Type words) =>
        words.GetFields(BindingFlags.Public | BindingFlags.Static).ToDictionary(field => field.Name, field => (string)field.GetRawConstantValue()!);
}
