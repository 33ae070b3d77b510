//! What the templates show: values already put into words, so that a template only places them.

pub(crate) mod admin;
mod cart;
mod catalogue;
mod checkout;
mod href;
mod order;
mod page;
mod product;
pub(crate) mod structured;

pub(crate) use cart::{CartPage, Happened, Line, Rejected, sold};
pub(crate) use catalogue::{HomePage, ProductsPage, cards};
pub(crate) use checkout::{
    CheckoutPage, ClosedPage, PayPage, SoldOutPage, TillPage, UnpaidPage, delivery_price,
};
pub(crate) use order::{FindOrderPage, OrderPage};
pub(crate) use page::{Page, problem_page};
pub(crate) use product::{Chosen, ProductPage};

use crate::domain::product::Category;

/// The picture that stands for a department.
pub(crate) fn department_picture(category: Category) -> &'static str {
    match category {
        Category::Phones => "/static/products/iphone-12-pro.svg",
        Category::Tablets => "/static/products/slate-11.svg",
        Category::Watches => "/static/products/orbit.svg",
        Category::Audio => "/static/products/canto.svg",
        Category::Accessories => "/static/products/harbor-bank.svg",
    }
}
