using System.Globalization;
using System.Text.Json;
using AgentMesh.Agents.Payments;
using AgentMesh.Agents.Policies;
using AgentMesh.Agents.Tests.Conversation;
using CsCheck;
using static AgentMesh.Agents.Tests.Policies.SamplePolicies;

namespace AgentMesh.Agents.Tests.Policies;

public sealed class SpendingMemoryTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public void Payees_BeyondTheBound_TheOneLongestUnpaidIsForgotten()
    {
        var memory = SpendingMemory.Empty;
        for (var n = 0; n < PolicyLimits.Payees; n++)
            memory = memory.With(To(n), Noon);
        // Paid again, so the second one is the oldest.
        memory = memory.With(To(0), Noon).With(To(PolicyLimits.Payees), Noon);
        Assert.True(memory.Knows(To(0)));
        Assert.False(memory.Knows(To(1)));
        Assert.True(memory.Knows(To(2)));
        Assert.True(memory.Knows(To(PolicyLimits.Payees)));
    }

    /// <summary>Three payees, one of whom is paid again: nobody is forgotten, and that one stands last.</summary>
    [Theory]
    [InlineData(0, "1 2 0")]
    [InlineData(1, "0 2 1")]
    [InlineData(2, "0 1 2")]
    public void Payee_ThatIsPaidAgain_IsRememberedOnce_AsTheLast(int again, string order)
    {
        var memory = Paid(0, 1, 2, again);
        Assert.Equal(Paid([.. order.Split(' ').Select(n => int.Parse(n, CultureInfo.InvariantCulture))]).Payees, memory.Payees);
        Assert.All([0, 1, 2], n => Assert.True(memory.Knows(To(n))));

        static SpendingMemory Paid(params int[] payees) => payees.Aggregate(SpendingMemory.Empty, (memory, n) => memory.With(To(n), Noon));
    }

    [Fact]
    public void Payments_OlderThanTheLongestWindow_AreForgotten()
    {
        var memory = SpendingMemory.Empty.With(To(1), Noon).With(To(1), Noon + PolicyLimits.LongestWindow);
        Assert.Single(Assert.Single(memory.Lines).Slices);
    }

    /// <summary>Whatever the rhythm: never fewer than there were, and not many more; in a record of a bounded size.</summary>
    [Fact]
    public void Counts_AreNeverTooLowAndHardlyTooHigh() => Gen.Select(Gen.Int[1, 600].Array[1, 400], Gen.Int[1, 24 * 60]).Sample(
        (gaps, minutes) =>
        {
            var (memory, now, times) = (SpendingMemory.Empty, Noon, new List<DateTimeOffset>());
            foreach (var gap in gaps)
            {
                now = now.AddSeconds(gap);
                memory = memory.With(Payment("3 USDC to ALICE"), now);
                times.Add(now);
            }

            var window = TimeSpan.FromMinutes(minutes);
            var counted = memory.CountPayments(PaymentDirection.Out, [Usdc], window, now);
            Assert.InRange(counted, times.Count(time => time > now - window), times.Count(time => time > now - 1.3 * window - TimeSpan.FromSeconds(1)));
            Assert.Equal((UInt128)(3 * counted), memory.SumAmounts(PaymentDirection.Out, Usdc, window, now));
            Assert.InRange(memory.Lines[0].Slices.Length, 1, PolicyLimits.Slices);
        },
        iter: Lives.Of(300));

    [Fact]
    public void Assets_BeyondTheBound_CountForEveryAsset()
    {
        var memory = SpendingMemory.Empty.With(Payment("7 USDC to ALICE"), Noon);
        for (var n = 0; n < PolicyLimits.Lines + 3; n++)
            memory = memory.With(Payment($"1 eip155:84532/erc20:0x{n.ToString("x40", CultureInfo.InvariantCulture)} to ALICE"), Noon);
        Assert.Equal(PolicyLimits.Lines, memory.Lines.Length);
        Assert.Equal(PolicyLimits.Lines + 4, memory.CountPayments(PaymentDirection.Out, [], Hour, Noon));
        Assert.InRange(memory.SumAmounts(PaymentDirection.Out, Usdc, Hour, Noon), (UInt128)7, (UInt128)12);
        Assert.InRange(memory.SumAmounts(PaymentDirection.Out, MainnetUsdc, Hour, Noon), (UInt128)7, (UInt128)12);
    }

    [Fact]
    public void Record_OfADayOfPayments_StaysSmall()
    {
        var memory = SpendingMemory.Empty;
        for (var n = 0; n < 3000; n++)
            memory = memory.With(To(n), Noon.AddSeconds(n));
        Assert.InRange(JsonSerializer.Serialize(memory, FakeAgent.Json).Length, 1, 24 * 1024);
    }

    private static PolicyFacts To(int n) => Payment($"1 USDC to 0x{n.ToString("x40", CultureInfo.InvariantCulture)}");
}
