using System.Numerics;
using AgentMesh.CrashKit.Checking;
using AgentMesh.CrashKit.Verdicts;

namespace AgentMesh.CrashKit.Tests.Checking;

/// <summary>Each thing costs 10.</summary>
public sealed class MoneyCheckerTests
{
    private const int Price = 10;

    [Theory]
    // posted, held, payments, what has left the wallet
    [InlineData(20, 0, "1:Settled 2:Settled", 20, "")]
    [InlineData(0, 0, "1:Failed", 0, "")]
    [InlineData(10, 10, "1:Settled 2:Unknown", 10, "")]
    [InlineData(10, 10, "1:Settled 2:Unknown", 20, "")]
    [InlineData(10, 10, "1:Settled 2:Unknown", 30, "Doubled")]
    [InlineData(20, 0, "1:Settled 2:Settled", 30, "Doubled")]
    [InlineData(20, 0, "1:Settled 2:Settled", 10, "Wrong")]
    [InlineData(30, 0, "1:Settled 2:Settled", 20, "Doubled")]
    [InlineData(10, 0, "1:Settled 2:Settled", 20, "Lost")]
    [InlineData(10, 10, "1:Settled", 10, "Wrong")]
    [InlineData(10, 0, "1:Settled 2:Unknown", 10, "Wrong")]
    [InlineData(20, 0, "1:Settled 2:Unknown", 20, "")]
    [InlineData(30, 0, "1:Settled 2:Unknown", 20, "Doubled")]
    [InlineData(10, 10, "1:Settled 2:Open", 10, "Wrong")]
    public void Ledger_Payments_AndWallet_AreTheSame(int posted, int held, string payments, int left, string wrong) =>
        Assert.Equal(wrong, Rows.Kinds(Spend("0-1 a/1 unknown; 0-1 b/2 unknown; 0-1 c/3 unknown", posted, held, payments, left)));

    [Theory]
    [InlineData("0-1 a/1 ok", "1:Settled", "")]
    [InlineData("0-1 a/1 unknown", "1:Settled", "")]
    [InlineData("0-1 a/1 unknown", "", "")]
    [InlineData("0-1 a/1 ok", "", "Lost")]
    [InlineData("0-1 a/1 ok", "1:Failed", "Lost")]
    [InlineData("0-1 a/1 unknown; 2-3 a/1 ok", "1:Settled 2:Settled", "Doubled")]
    [InlineData("0-1 a/1 refused", "1:Settled", "Doubled")]
    [InlineData("0-1 a/1 refused", "1:Failed", "")]
    [InlineData("0-1 a/1 ok payment=1; 2-3 a/1 ok payment=2", "1:Settled", "Wrong")]
    public void Purchase_IsPaidAtMostOnce(string purchases, string payments, string wrong)
    {
        var settled = Payments(payments).Count(payment => payment.End == PaymentEnd.Settled) * Price;
        Assert.Equal(wrong, Rows.Kinds(Spend(purchases, settled, 0, payments, settled)));
    }

    [Theory]
    [InlineData(49, 0, "")]
    [InlineData(50, 0, "")]
    [InlineData(51, 0, "Over")]
    [InlineData(40, 10, "")]
    [InlineData(40, 11, "Over")]
    public void Limit_IsNeverExceeded_WhileSpending(int posted, int held, string wrong)
    {
        var violations = SpendingChecker.Check("alice", [], Price, [new BudgetReading(TimeSpan.FromSeconds(1), 50, posted, held)], new BudgetReading(TimeSpan.FromSeconds(9), 50, 0, 0), [], 0);
        Assert.Equal(wrong, Rows.Kinds(violations));
        Assert.All(violations, violation => Assert.Equal(1, violation.OverMicroUsd));
    }

    [Theory]
    [InlineData(50, "")]
    [InlineData(60, "Over Doubled")]
    public void Wallet_LosesNoMoreThanTheLimit(int left, string wrong)
    {
        var violations = Spend("0-1 a/1 ok; 0-1 b/2 ok; 0-1 c/3 ok; 0-1 d/4 ok; 0-1 e/5 ok", 50, 0, "1:Settled 2:Settled 3:Settled 4:Settled 5:Settled", left);
        Assert.Equal(wrong, Rows.Kinds(violations));
    }

    /// <summary>The second payment has not ended, but its money has left: nobody has to wait for its end.</summary>
    [Theory]
    [InlineData(10, "Wrong")]
    [InlineData(20, "Wrong Doubled")]
    public void Wallet_LosesNoMoreThanWhatWasBought(int left, string wrong) =>
        Assert.Equal(wrong, Rows.Kinds(Spend("0-1 a/1 unknown; 2-3 a/1 ok", 10, 10, "1:Settled 2:Open", left)));

    [Fact]
    public void TwoPayments_AreNotOneTransaction()
    {
        PaymentReading[] payments = [new("1", PaymentEnd.Settled, Price, "0x1"), new("2", PaymentEnd.Settled, Price, "0x1")];
        Assert.Equal("Wrong", Rows.Kinds(SpendingChecker.Check("alice", Rows.Intents("0-1 a/1 ok; 0-1 b/2 ok"), Price, [], new BudgetReading(default, 50, 20, 0), payments, 20)));
    }

    [Theory]
    // what was tried, what was charged, what the seller lists
    [InlineData("0-1 a/1 ok", 10, "1:Settled", "")]
    [InlineData("0-1 a/1 ok", 20, "1:Settled", "Doubled")]
    [InlineData("0-1 a/1 ok", 0, "1:Settled", "Wrong")]
    [InlineData("0-1 a/1 ok", 10, "1:Failed", "Lost Doubled")]
    [InlineData("0-1 a/1 ok", 10, "1:Settled 1:Settled", "Doubled")]
    [InlineData("0-1 a/1 unknown", 0, "", "")]
    [InlineData("0-1 a/1 unknown", 10, "1:Unknown", "")]
    [InlineData("0-1 a/1 unknown", 0, "1:Unknown", "")]
    [InlineData("0-1 a/1 unknown", 20, "1:Unknown", "Doubled")]
    [InlineData("0-1 a/1 unknown", 10, "1:Failed", "Doubled")]
    [InlineData("0-1 a/1 unknown", 0, "1:Settled", "Wrong")]
    [InlineData("0-1 a/1 unknown", 0, "1:Open", "Wrong")]
    [InlineData("0-1 a/1 refused", 0, "", "")]
    [InlineData("0-1 a/1 refused", 0, "1:Failed", "")]
    [InlineData("0-1 a/1 refused", 10, "1:Failed", "Doubled")]
    [InlineData("0-1 a/1 refused", 10, "1:Settled", "Wrong Doubled")]
    [InlineData("0-1 a/1 ok; 2-3 b/2 unknown", 10, "1:Settled", "")]
    [InlineData("0-1 a/1 ok; 2-3 b/2 unknown", 20, "1:Settled", "")]
    [InlineData("0-1 a/1 ok; 2-3 b/2 unknown", 30, "1:Settled", "Doubled")]
    public void Payment_IsChargedOnce_OrNotAtAll(string payments, int charged, string sold, string wrong) =>
        Assert.Equal(wrong, Rows.Kinds(ChargeChecker.Check("buyer", Rows.Intents(payments), Price, charged, Payments(sold))));

    private static IReadOnlyList<Violation> Spend(string purchases, int posted, int held, string payments, int left) =>
        SpendingChecker.Check("alice", Rows.Intents(purchases), Price, [], new BudgetReading(TimeSpan.FromSeconds(9), 50, posted, held), Payments(payments), left);

    private static PaymentReading[] Payments(string text) =>
    [
        .. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select((one, at) => (Parts: one.Split(':'), At: at))
            .Select(one => new PaymentReading(one.Parts[0], Enum.Parse<PaymentEnd>(one.Parts[1]), new BigInteger(Price), $"0x{one.At}")),
    ];
}
