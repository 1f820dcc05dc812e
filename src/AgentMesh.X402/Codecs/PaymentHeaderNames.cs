namespace AgentMesh.X402.Codecs;

/// <summary>The names of the HTTP headers.</summary>
public static class PaymentHeaderNames
{
    /// <summary>Version 2, on a 402: the terms.</summary>
    public const string PaymentRequired = "PAYMENT-REQUIRED";

    /// <summary>Version 2, on a request: the payment. Money until it is settled; to be redacted wherever headers are logged.</summary>
    public const string PaymentSignature = "PAYMENT-SIGNATURE";

    /// <summary>Version 2, on an answer: the receipt.</summary>
    public const string PaymentResponse = "PAYMENT-RESPONSE";

    /// <summary>Version 1, on a request: the payment. Money until it is settled; to be redacted wherever headers are logged.</summary>
    public const string XPayment = "X-PAYMENT";

    /// <summary>Version 1, on an answer: the receipt.</summary>
    public const string XPaymentResponse = "X-PAYMENT-RESPONSE";
}
