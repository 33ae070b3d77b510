//! The pictures of products: files of the shop, or links to other sites.

use super::{Form, logged_in};
use crate::shop::TestShop;

#[tokio::test]
async fn a_picture_is_a_file_of_the_shop_or_a_link_over_https() {
    let shop = TestShop::start().await;
    let mut admin = logged_in(&shop).await;
    let path = "/admin/products/orbit";
    let form = Form::of(&admin.get(path).await.must_be(200), 0);
    for (bad, problem) in [
        (
            "/static/products/nothing.svg",
            "The shop has no file /static/products/nothing.svg",
        ),
        ("/etc/passwd", "The shop has no file /etc/passwd"),
        ("/static/../Cargo.toml", "The shop has no file"),
        (
            "http://pictures.example/a.png",
            "Enter a link that starts with https://",
        ),
        ("https://", "Enter a link that starts with https://"),
        (
            "https://me:secret@pictures.example/a.png",
            "Enter a link that starts with https://",
        ),
        (
            "//pictures.example/a.png",
            "Enter a link that starts with https://",
        ),
        (
            "javascript:alert(1)",
            "Enter a link that starts with https://",
        ),
    ] {
        let answer = form.with("image", bad).send(&mut admin, path).await;
        answer.must_be(422).must_show(problem);
    }
    let link = "https://pictures.example/orbit.png?size=2";
    form.with("image", link)
        .send(&mut admin, path)
        .await
        .must_be(303);
    let page = shop.browser().get("/products/orbit").await.must_show(link);
    let policy = page.header("content-security-policy");
    assert!(policy.contains("img-src 'self' https: data:;"), "{policy}");
}

#[tokio::test]
async fn the_legal_pages_are_linked_and_say_that_they_are_samples() {
    let shop = TestShop::start().await;
    let home = shop.browser().get("/").await.must_be(200).text;
    for page in ["imprint", "returns", "privacy", "terms"] {
        assert!(home.contains(&format!("href=\"/{page}\"")));
        let page = shop.browser().get(&format!("/{page}")).await.must_be(200);
        page.must_show("This page is a sample.").must_show("[");
    }
}
