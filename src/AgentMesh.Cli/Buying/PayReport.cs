using System.Globalization;
using System.Net;
using System.Numerics;
using System.Text;
using AgentMesh.Cli.Funding;
using AgentMesh.Cli.Terminal;
using AgentMesh.Evm;
using AgentMesh.X402.Exact.Evm.Client;
using AgentMesh.X402.Networks;
using AgentMesh.X402.Wire;

namespace AgentMesh.Cli.Buying;

/// <summary>
/// Says what happens, in lines for people. Plain text: there is no color to switch off. A signature is money until it is settled, and is shown by its
/// first digits only.
/// </summary>
/// <param name="lines">What was asked for.</param>
/// <param name="remarks">What else there is to say.</param>
internal sealed class PayReport(TextWriter lines, TextWriter remarks)
{
    private const int ShownSignatureDigits = 8;

    private bool _hasShownTerms;

    public void Buyer(EvmAddress buyer, string keyFile, bool isNew) =>
        Line("buyer", isNew ? $"{buyer}, with a new key in {keyFile}, which only you can read" : $"{buyer}, key {keyFile}");

    public void Requests(PayRequest request) => Line("request", $"{request.Method} {request.Url.AbsoluteUri}{(request.Body is { } body ? $", {body.Length} bytes" : "")}");

    public void Resends(SignedPayment payment) =>
        Line("again", $"payment {payment.Id}, signed before, is not over: it is sent again, and no other is signed");

    public void Asked(IReadOnlyList<PaymentRequired> terms)
    {
        _hasShownTerms = terms.Count > 0;
        Line("402", terms.Count > 0 ? "payment required:" : "payment required, and no terms that can be read");
        foreach (var required in terms)
        {
            foreach (var option in required.Options)
                Line("", $"x402 version {required.X402Version}: {AmountOf(option)} on {PlainText.Of(option.Network)} to {PlainText.Of(option.PayTo)}, {PlainText.Of(option.Scheme)}, asset {PlainText.Of(option.Asset)}");
        }
    }

    public void Has(UInt256 balance, TokenAsset token) => Line("balance", $"{DecimalAmount.Format(balance, token.Decimals)} {token.Symbol}");

    public void Given(FaucetGift gift, UInt256 before, TokenAsset token) => Line(
        "faucet",
        $"had {DecimalAmount.Format(before, token.Decimals)} {token.Symbol}, got {DecimalAmount.Format(UInt256.Parse(gift.Amount), token.Decimals)} simulated, "
        + $"transaction {PlainText.Of(gift.Transaction)}");

    public void Signed(SignedPayment payment, PaymentChoice choice, string file)
    {
        var authorization = payment.Payment.Authorization;
        Line("signed", $"TransferWithAuthorization (EIP-3009) for {choice.Asset.Name} version {choice.Asset.Version} on {choice.Asset.Network}");
        Line("", $"from        {authorization.From}");
        Line("", $"to          {authorization.To}");
        Line("", $"value       {authorization.Value} ({DecimalAmount.Format(authorization.Value, choice.Asset.Decimals)} {choice.Asset.Symbol})");
        Line("", $"validAfter  {TimeOf(authorization.ValidAfter)}");
        Line("", $"validBefore {TimeOf(authorization.ValidBefore)}");
        Line("", $"nonce       {authorization.Nonce}");
        Line("", $"signature   {Hex.Encode(payment.Payment.Signature.Span)[..(2 + ShownSignatureDigits)]}… (kept with the payment in {file} until it is over)");
        Line("sent", $"{payment.HeaderName}, payment {payment.Id}");
    }

    public void Again(PayAnswer answer, TimeSpan pause) => Remark(string.Create(
        CultureInfo.InvariantCulture,
        $"{(answer.Status is { } status ? $"The seller says {(int)status}" : "No answer")}: what became of the payment is not known. The same payment is sent again in {pause.TotalSeconds:0.#} s."));

    public void Ended(PayRequest request, PayVerdict verdict, DateTimeOffset now, bool isKept)
    {
        var answer = verdict.Answer;
        if (answer.Status is { } status)
        {
            Line("answer", $"{(int)status} {PlainText.Of(answer.Reason ?? "")}".TrimEnd());
            if (answer.Body.Length > 0 && !(_hasShownTerms && status == HttpStatusCode.PaymentRequired))
                lines.WriteLine(PlainText.Of(Encoding.UTF8.GetString(answer.Body), keepsLines: true).TrimEnd('\n'));
            if (answer.IsCutOff)
                Remark($"The answer is longer than {AnswerBody.MaxBytes} bytes; the rest was not read.");
        }

        if (answer.Settlement is { } receipt)
            Line(receipt.Success ? "settled" : "not settled", $"{(receipt.Transaction.Length > 0 ? $"transaction {PlainText.Of(receipt.Transaction)}" : "no transaction")}, payer {PlainText.Of(receipt.Payer ?? "not named")}, network {PlainText.Of(receipt.Network)}");
        else if (verdict.Outcome == PayOutcome.Paid)
            Remark("The seller gave no receipt that can be read; what was asked for came.");
        if (verdict.Refusal is { } refusal)
            Line(verdict.Outcome == PayOutcome.Unknown ? "unknown" : verdict.Outcome == PayOutcome.Failed ? "failed" : "refused", $"{PlainText.Of(refusal.Code)}: {PlainText.Of(refusal.Detail)}");
        if (verdict.Payment is { } payment && verdict.Outcome != PayOutcome.Paid)
            Afterwards(verdict, payment, now, isKept);
        else if (PayHints.For(verdict.Refusal, request.Url) is { } hint)
            Remark(hint);
    }

    public void Remark(string text) => remarks.WriteLine(text);

    private void Afterwards(PayVerdict verdict, SignedPayment payment, DateTimeOffset now, bool isKept)
    {
        Remark(verdict.IsExecuted switch
        {
            true => "The token says that the payment was executed.",
            false when verdict.IsExpired(now) => "The token says that the payment was not executed, and it cannot be any more: nothing was paid.",
            false => $"The token says that the payment was not executed; it can be until {TimeText(payment.ValidBefore)}.",
            null => $"Whether the payment was executed is not known here; it can be until {TimeText(payment.ValidBefore)}.",
        });
        if (isKept)
            Remark($"The same command, or `pay --resume {payment.Id.ToString()[..UnfinishedPayments.ShownIdDigits]}`, sends the same payment again. `--new` signs another one, and both may be paid.");
    }

    private void Line(string label, string text) => lines.WriteLine($"{label,-12}{text}");

    private static string AmountOf(PaymentRequirements option) =>
        UInt256.TryParse(option.AmountAtomic, out var amount)
        && EvmNetwork.TryParse(option.Network, option.X402Version, out var network)
        && EvmAddress.TryParse(option.Asset, out var asset)
        && KnownAssets.Find(network, asset) is { } token
            ? $"{DecimalAmount.Format(amount, token.Decimals)} {token.Symbol}"
            : $"{PlainText.Of(option.AmountAtomic)} atomic units";

    private static string TimeOf(UInt256 seconds) =>
        seconds.Value <= BigInteger.Zero || seconds.Value > DateTimeOffset.MaxValue.ToUnixTimeSeconds() ? seconds.ToString() : $"{seconds} ({TimeText(DateTimeOffset.FromUnixTimeSeconds((long)seconds.Value))})";

    private static string TimeText(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
